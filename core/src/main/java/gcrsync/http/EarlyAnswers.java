package gcrsync.http;

import java.io.IOException;
import java.io.InputStream;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.io.HttpClientConnection;
import org.apache.hc.core5.http.io.ResponseOutOfOrderStrategy;
import org.apache.hc.core5.util.Timeout;

/**
 * Notices that a server has answered while the request's body is still on its way: a 401 or 413 that comes early then is
 * an answer, and the rest of the body is not sent. Without it, it would be a broken pipe.
 */
final class EarlyAnswers implements ResponseOutOfOrderStrategy {
    /** Looking into a TLS connection takes a millisecond where there is nothing, so it is done once in so many bytes. */
    private static final long EVERY = 1 << 20;

    @Override
    public boolean isEarlyResponseDetected(
            ClassicHttpRequest request, HttpClientConnection connection, InputStream in, long sent, long next)
            throws IOException {
        if (connection.getSSLSession() == null) {
            return in.available() > 0;
        }
        return sent / EVERY != (sent + next) / EVERY && connection.isDataAvailable(Timeout.ONE_MILLISECOND);
    }
}
