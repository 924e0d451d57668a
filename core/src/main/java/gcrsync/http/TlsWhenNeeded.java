package gcrsync.http;

import java.io.IOException;
import java.net.Socket;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/** TLS whose trust store is read for the first connection that uses it: reading costs a run without TLS a tenth of a second. */
final class TlsWhenNeeded implements TlsSocketStrategy {
    private final Supplier<SSLContext> context;
    private volatile @Nullable TlsSocketStrategy made;

    TlsWhenNeeded(Supplier<SSLContext> context) {
        this.context = context;
    }

    @Override
    public SSLSocket upgrade(Socket socket, String target, int port, Object attachment, HttpContext http)
            throws IOException {
        return strategy().upgrade(socket, target, port, attachment, http);
    }

    /** Two threads may make two; either serves. */
    private TlsSocketStrategy strategy() {
        TlsSocketStrategy known = made;
        if (known == null) {
            known = new DefaultClientTlsStrategy(context.get());
            made = known;
        }
        return known;
    }
}
