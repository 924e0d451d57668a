package io.github.gcrsync.bench.http;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CountDownLatch;

/**
 * Both registries, in a process of its own: {@code GET /blob/LENGTH} serves that many bytes, {@code PUT} takes what comes,
 * and under {@code /stall} either stops in the middle and keeps the connection. Prints its port; ends with standard input.
 */
final class Origin {
    /** The same bytes in each process, so that the client knows the digest to expect. */
    static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(42).nextBytes(bytes);
        return bytes;
    }

    private final byte[] blob = bytes(Workload.LARGE);

    public static void main(String[] arguments) throws IOException {
        var origin = new Origin();
        try (var server = new ServerSocket(0, 512, InetAddress.getLoopbackAddress())) {
            Thread.ofPlatform().daemon().start(() -> origin.accept(server));
            System.out.println(server.getLocalPort());
            while (System.in.read() >= 0) {
                // Nothing is said; the end is what counts.
            }
        }
    }

    private void accept(ServerSocket server) {
        try {
            while (true) {
                Socket socket = server.accept();
                Thread.ofVirtual().start(() -> serve(socket));
            }
        } catch (IOException e) {
            // The process ends.
        }
    }

    private void serve(Socket socket) {
        try (socket;
                var in = new BufferedInputStream(socket.getInputStream(), Subject.BUFFER);
                OutputStream out = socket.getOutputStream()) {
            socket.setTcpNoDelay(true);
            while (true) {
                String request = line(in);
                long length = 0;
                for (String header = line(in); !header.isEmpty(); header = line(in)) {
                    if (header.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                        length = Long.parseLong(header.substring(header.indexOf(':') + 1).strip());
                    }
                }
                String path = request.split(" ")[1];
                if (request.startsWith("PUT")) {
                    take(in, out, path, length);
                } else {
                    give(out, path);
                }
            }
        } catch (IOException | InterruptedException e) {
            // The client has gone.
        }
    }

    private void give(OutputStream out, String path) throws IOException, InterruptedException {
        int length = Integer.parseInt(path.substring(path.lastIndexOf('/') + 1));
        head(out, "200 OK", length);
        if (path.startsWith("/stall")) {
            out.write(blob, 0, length / 2);
            new CountDownLatch(1).await();
        }
        out.write(blob, 0, length);
    }

    private static void take(InputStream in, OutputStream out, String path, long length)
            throws IOException, InterruptedException {
        if (path.startsWith("/stall")) {
            new CountDownLatch(1).await();
        }
        byte[] buffer = new byte[Subject.BUFFER];
        for (long left = length; left > 0; ) {
            int count = in.read(buffer, 0, (int) Math.min(left, buffer.length));
            if (count < 0) {
                throw new EOFException();
            }
            left -= count;
        }
        head(out, "201 Created", 0);
    }

    private static void head(OutputStream out, String status, int length) throws IOException {
        out.write(("HTTP/1.1 " + status + "\r\nContent-Length: " + length + "\r\n\r\n").getBytes());
    }

    private static String line(InputStream in) throws IOException {
        var line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException();
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }
}
