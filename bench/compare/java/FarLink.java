import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PushbackInputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * A far link in user space, in front of a server nearby: what is sent arrives later by the delay, each way, and all
 * connections share one rate, each way. A connection's first bytes wait a round trip more, as long as its handshake would
 * take. Slow start is not emulated: every connection may fill the link from its first byte.
 *
 * <p>java FarLink.java HOST:PORT DELAY_MS MBIT_PER_S prints its own HOST:PORT, and ends with its standard input. With
 * {@code proxy} for HOST:PORT it is a proxy for plain HTTP: each connection goes to the server that its first request names.
 */
final class FarLink {
    private static final int CHUNK = 16 << 10;
    private static final int LONGEST_LINE = 8 << 10;
    /** Chunks between the two ends of a connection; with the receiver's own buffers more than the link can hold. */
    private static final int WINDOW = 256;
    /** A thread does not wake exactly when it should, so it may be this much ahead of the link without waiting. */
    private static final long SLACK_NS = 2_000_000;

    private record Chunk(byte[] bytes, int length, long dueNs) {}

    /** One direction of the link: bytes leave one after the other, in the order in which they came. */
    private static final class Direction {
        private final double nsPerByte;
        private long freeAtNs = System.nanoTime();

        Direction(double mbitPerSecond) {
            this.nsPerByte = 8_000 / mbitPerSecond;
        }

        /** When the last of the bytes has left. */
        synchronized long send(int bytes) {
            freeAtNs = Math.max(freeAtNs, System.nanoTime()) + (long) (bytes * nsPerByte);
            return freeAtNs;
        }
    }

    /** Empty: the server that the client names. */
    private final Optional<InetSocketAddress> server;

    private final long delayNs;
    private final Direction up;
    private final Direction down;

    private FarLink(Optional<InetSocketAddress> server, long delayNs, double mbitPerSecond) {
        this.server = server;
        this.delayNs = delayNs;
        this.up = new Direction(mbitPerSecond);
        this.down = new Direction(mbitPerSecond);
    }

    public static void main(String[] arguments) throws IOException {
        Optional<InetSocketAddress> server =
                arguments[0].equals("proxy") ? Optional.empty() : Optional.of(address(arguments[0]));
        var link = new FarLink(server, Long.parseLong(arguments[1]) * 1_000_000, Double.parseDouble(arguments[2]));
        var loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        try (ServerSocket listening = new ServerSocket(0, 1024, loopback)) {
            System.out.println("127.0.0.1:" + listening.getLocalPort());
            Thread.ofPlatform().daemon().start(() -> {
                while (true) {
                    try {
                        link.connect(listening.accept());
                    } catch (IOException e) {
                        return;
                    }
                }
            });
            System.in.transferTo(OutputStream.nullOutputStream());
        }
        System.exit(0);
    }

    private static InetSocketAddress address(String hostAndPort) {
        URI uri = URI.create("http://" + hostAndPort);
        return new InetSocketAddress(uri.getHost(), uri.getPort());
    }

    /** Reads the request line, and puts it back. */
    private static InetSocketAddress named(PushbackInputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next > 0 && next != '\n' && line.length() < LONGEST_LINE; next = in.read()) {
            line.append((char) next);
        }
        String request = line.append('\n').toString();
        in.unread(request.getBytes(StandardCharsets.ISO_8859_1));
        String[] words = request.split(" ");
        if (words.length < 3 || !words[1].startsWith("http://")) {
            throw new IOException("not a request to a proxy for plain HTTP: " + request.strip());
        }
        return address(URI.create(words[1]).getAuthority());
    }

    private void connect(Socket near) {
        Thread.ofVirtual().start(() -> {
            Socket far = new Socket();
            try (near;
                    far) {
                near.setTcpNoDelay(true);
                far.setTcpNoDelay(true);
                PushbackInputStream in = new PushbackInputStream(near.getInputStream(), LONGEST_LINE + 1);
                far.connect(server.isPresent() ? server.get() : named(in));
                long handshakenNs = System.nanoTime() + 2 * delayNs;
                Thread sending = Thread.ofVirtual().start(() -> pass(in, near, far, up, handshakenNs));
                pass(far.getInputStream(), far, near, down, 0);
                sending.join();
            } catch (IOException e) {
                return; // The client sees a closed connection, as it would of a server that cannot be reached.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private void pass(InputStream in, Socket from, Socket to, Direction direction, long notBeforeNs) {
        BlockingQueue<Chunk> underway = new ArrayBlockingQueue<>(WINDOW);
        Thread delivering = Thread.ofVirtual().start(() -> deliver(underway, from, to));
        try {
            int length;
            do {
                byte[] bytes = new byte[CHUNK];
                length = in.read(bytes);
                if (length > 0) {
                    waitUntil(notBeforeNs);
                    long sentNs = direction.send(length);
                    underway.put(new Chunk(bytes, length, sentNs + delayNs));
                    waitUntil(sentNs - SLACK_NS); // One chunk of each connection waits for the link: all get their share.
                }
            } while (length >= 0);
        } catch (IOException e) {
            // The other end has gone; what is under way still arrives.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try {
            underway.put(new Chunk(new byte[0], 0, System.nanoTime() + delayNs));
            delivering.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void deliver(BlockingQueue<Chunk> underway, Socket from, Socket to) {
        boolean open = true;
        try {
            OutputStream out = to.getOutputStream();
            for (Chunk chunk = underway.take(); chunk.length > 0; chunk = underway.take()) {
                waitUntil(chunk.dueNs);
                try {
                    if (open) {
                        out.write(chunk.bytes, 0, chunk.length);
                    }
                } catch (IOException e) {
                    open = false; // The queue is emptied all the same, so that its filler does not wait for ever.
                    close(from);
                }
            }
            to.shutdownOutput();
        } catch (IOException e) {
            close(from);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            return;
        }
    }

    private static void waitUntil(long ns) {
        for (long left = ns - System.nanoTime(); left > 0; left = ns - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
