package io.github.gcrsync.http.tls;

import io.github.gcrsync.http.RefusedException;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** The certificate of a server. */
public final class ServerCertificate {
    private static final char[] NO_PASSWORD = {};

    private ServerCertificate() {}

    /**
     * Returns the TLS context of a server.
     *
     * @param certificate PEM, with its chain
     * @param key PEM, not encrypted
     * @throws IOException naming the file at fault
     */
    public static SSLContext context(Path certificate, Path key) throws IOException {
        ClientCertificate read = ClientCertificate.read(certificate, key);
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("server", read.key(), NO_PASSWORD, read.chain().toArray(X509Certificate[]::new));
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, NO_PASSWORD);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), null, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new RefusedException(certificate + " cannot be used: " + e.getMessage(), e);
        }
    }
}
