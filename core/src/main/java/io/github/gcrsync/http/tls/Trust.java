package io.github.gcrsync.http.tls;

import io.github.gcrsync.http.RefusedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** Reads the system's trusted authorities, and creates TLS contexts. */
public final class Trust {
    /** The bundles of Linux distributions and BSDs, in the order of Go programs. */
    private static final List<Path> BUNDLES = List.of(
            Path.of("/etc/ssl/certs/ca-certificates.crt"),
            Path.of("/etc/pki/tls/certs/ca-bundle.crt"),
            Path.of("/etc/ssl/ca-bundle.pem"),
            Path.of("/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem"),
            Path.of("/etc/ssl/cert.pem"));

    private Trust() {}

    /**
     * Reads {@code $SSL_CERT_FILE}, or else the system's bundle, which includes authorities added by the administrator.
     * Without either, or if {@code javax.net.ssl.trustStore} is set, returns Java's authorities.
     */
    public static List<X509Certificate> system(Map<String, String> environment) throws IOException {
        Optional<String> named =
                Optional.ofNullable(environment.get("SSL_CERT_FILE")).filter(f -> !f.isEmpty());
        if (System.getProperty("javax.net.ssl.trustStore") == null) {
            if (named.isPresent()) {
                return Pem.certificates(Path.of(named.get()));
            }
            Optional<Path> bundle = BUNDLES.stream().filter(Files::isReadable).findFirst();
            List<X509Certificate> found = bundle.isPresent() ? readable(bundle.get()) : List.of();
            if (!found.isEmpty()) {
                return found;
            }
        }
        List<X509Certificate> java = new ArrayList<>();
        for (TrustManager manager : managers(Optional.empty())) {
            if (manager instanceof X509TrustManager x509) {
                java.addAll(List.of(x509.getAcceptedIssuers()));
            }
        }
        return java;
    }

    /** Skips unreadable authorities and keeps the others. */
    private static List<X509Certificate> readable(Path bundle) throws RefusedException {
        List<X509Certificate> found = new ArrayList<>();
        for (Pem.Block block : Pem.read(bundle)) {
            if (Pem.isCertificate(block)) {
                try {
                    found.add(Pem.certificate(block));
                } catch (CertificateException e) {
                    // Its servers will be refused with an explanation.
                }
            }
        }
        return found;
    }

    static SSLContext context(Collection<X509Certificate> authorities, List<ClientCertificate> own) throws IOException {
        try {
            KeyStore trusted = empty();
            for (X509Certificate authority : authorities) {
                trusted.setCertificateEntry("a" + trusted.size(), authority);
            }
            return context(managers(Optional.of(trusted)), own);
        } catch (GeneralSecurityException e) {
            throw new RefusedException("TLS cannot be used with these certificates: " + e.getMessage(), e);
        }
    }

    static SSLContext context(TrustManager[] trust, List<ClientCertificate> own) throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(own.isEmpty() ? null : keys(own), trust, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new RefusedException("TLS cannot be used with these certificates: " + e.getMessage(), e);
        }
    }

    private static KeyManager[] keys(List<ClientCertificate> own) throws GeneralSecurityException, IOException {
        KeyStore store = empty();
        char[] password = {}; // The store stays in memory.
        for (ClientCertificate each : own) {
            store.setKeyEntry(
                    "k" + store.size(), each.key(), password, each.chain().toArray(X509Certificate[]::new));
        }
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, password);
        return factory.getKeyManagers();
    }

    private static KeyStore empty() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    /** Uses Java's trust store if none is given. */
    private static TrustManager[] managers(Optional<KeyStore> store) throws IOException {
        try {
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store.orElse(null));
            return factory.getTrustManagers();
        } catch (GeneralSecurityException e) {
            throw new RefusedException("Java's trust store cannot be used: " + e.getMessage(), e);
        }
    }
}
