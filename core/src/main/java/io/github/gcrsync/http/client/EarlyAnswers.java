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
 * Detects an answer, such as 401 or 413, that arrives while the request body is still being sent, and stops sending.
 * Without it, the answer would be lost to a broken pipe.
 *
 * <p>Early data may also be an unsolicited interim answer (100, 102), after which the server waits for the rest. Then
 * the connection is closed immediately, and early data from that server is ignored from now on.
 */
final class EarlyAnswers implements ResponseOutOfOrderStrategy, Http1StreamListener {
    /** Polling an idle TLS connection takes a millisecond, so it is done only once per this many bytes. */
    private static final long EVERY = 1 << 20;

    private final Set<SocketAddress> withInterimAnswers = ConcurrentHashMap.newKeySet();
    /** The connections whose request was cut off. */
    private final Set<HttpConnection> cut = Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

    @Override
    public boolean isEarlyResponseDetected(
            ClassicHttpRequest request, HttpClientConnection connection, InputStream in, long sent, long next)
            throws IOException {
        boolean early =
                hasData(connection, in, sent, next) && !withInterimAnswers.contains(connection.getRemoteAddress());
        if (early) {
            cut.add(connection);
        }
        return early;
    }

    private static boolean hasData(HttpClientConnection connection, InputStream in, long sent, long next)
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
        // Nothing has been cut off yet.
    }

    @Override
    public void onExchangeComplete(HttpConnection connection, boolean keepAlive) {
        // The head was sufficient.
    }
}
