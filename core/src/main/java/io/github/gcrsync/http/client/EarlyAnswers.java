package io.github.gcrsync.http.client;

import java.io.IOException;
import java.io.InputStream;
import java.net.SocketAddress;
import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.HttpConnection;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.impl.Http1StreamListener;
import org.apache.hc.core5.http.io.HttpClientConnection;
import org.apache.hc.core5.http.io.ResponseOutOfOrderStrategy;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.Timeout;

/**
 * Notices that a server has answered while the request's body is still on its way: a 401 or 413 that comes early then is
 * an answer, and the rest of the body is not sent. Without it, it would be a broken pipe.
 *
 * <p>What has come may also be an interim answer (100, 102), which nobody asked for, and the server waits for the rest. Then
 * the connection is given up at once, and of that server nothing is taken for an answer any more before a body's end.
 */
final class EarlyAnswers implements ResponseOutOfOrderStrategy, Http1StreamListener {
    /** Looking into a TLS connection takes a millisecond where there is nothing, so it is done once in so many bytes. */
    private static final long EVERY = 1 << 20;

    private final Set<SocketAddress> withInterimAnswers = ConcurrentHashMap.newKeySet();
    /** Those whose request has not been sent to its end. */
    private final Set<HttpConnection> cut = Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

    @Override
    public boolean isEarlyResponseDetected(
            ClassicHttpRequest request, HttpClientConnection connection, InputStream in, long sent, long next)
            throws IOException {
        boolean early =
                hasCome(connection, in, sent, next) && !withInterimAnswers.contains(connection.getRemoteAddress());
        if (early) {
            cut.add(connection);
        }
        return early;
    }

    private static boolean hasCome(HttpClientConnection connection, InputStream in, long sent, long next)
            throws IOException {
        if (connection.getSSLSession() == null) {
            return in.available() > 0;
        }
        return sent / EVERY != (sent + next) / EVERY && connection.isDataAvailable(Timeout.ONE_MILLISECOND);
    }

    @Override
    public void onResponseHead(HttpConnection connection, HttpResponse response) {
        if (cut.remove(connection) && response.getCode() < 200) {
            withInterimAnswers.add(connection.getRemoteAddress());
            connection.close(CloseMode.IMMEDIATE);
        }
    }

    @Override
    public void onRequestHead(HttpConnection connection, HttpRequest request) {
        // Nothing has been cut yet.
    }

    @Override
    public void onExchangeComplete(HttpConnection connection, boolean keepAlive) {
        // The head has told all.
    }
}
