package io.github.gcrsync.serve;

import io.github.gcrsync.layout.ServedFolder;
import io.github.gcrsync.serve.http.HttpListener;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;

/** Serves a folder of image layouts as a read-only registry. It sees at once what others add to the folder. */
public final class FolderRegistry implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final HttpListener listener;
    private final AtomicLong requests;
    private final InetSocketAddress address;

    private FolderRegistry(HttpListener listener, AtomicLong requests, InetAddress host) throws IOException {
        this.listener = listener;
        this.requests = requests;
        // The listener names 0.0.0.0 as ::.
        this.address = new InetSocketAddress(host, listener.address().getPort());
    }

    /**
     * Starts to serve.
     *
     * @param tls empty: HTTP
     * @throws IOException if the server cannot listen on the address
     */
    public static FolderRegistry start(ServedFolder folder, InetSocketAddress address, Optional<SSLContext> tls)
            throws IOException {
        return start(folder, address, tls, PATIENCE);
    }

    /** @param patience with clients that send or read nothing */
    static FolderRegistry start(
            ServedFolder folder, InetSocketAddress address, Optional<SSLContext> tls, Duration patience)
            throws IOException {
        AtomicLong requests = new AtomicLong();
        PullApi api = new PullApi(folder);
        return new FolderRegistry(
                HttpListener.start(
                        address,
                        tls,
                        (request, response) -> {
                            requests.incrementAndGet();
                            api.answer(request, response);
                        },
                        patience),
                requests,
                address.getAddress());
    }

    /** Returns {@code host:port} for clients. */
    public String host() {
        String host = address.getAddress().getHostAddress();
        return (address.getAddress() instanceof Inet6Address ? "[" + host + "]" : host) + ":" + address.getPort();
    }

    public int port() {
        return address.getPort();
    }

    /** Returns the number of requests so far. */
    public long requests() {
        return requests.get();
    }

    @Override
    public void close() {
        listener.close();
    }
}
