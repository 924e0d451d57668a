package io.github.gcrsync.http.tls;

import java.io.IOException;
import java.net.Socket;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.HostnameVerificationPolicy;
import org.apache.hc.client5.http.ssl.NoopHostnameVerifier;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates TLS connections as configured for each host. Certificates are read for the first connection that needs them,
 * because reading them takes a tenth of a second.
 */
public final class TlsWhenNeeded implements TlsSocketStrategy {
    private static final Logger LOG = LoggerFactory.getLogger(TlsWhenNeeded.class);

    private final TlsSettings settings;
    private final SystemAuthorities system;
    /** By {@code host:port}; guarded by this, like the fields below. */
    private final Map<String, TlsSocketStrategy> strategies = new HashMap<>();

    private @Nullable List<X509Certificate> trusted;
    private @Nullable TlsSocketStrategy common;

    /** Reads the authorities that are trusted by default. */
    @FunctionalInterface
    public interface SystemAuthorities {
        List<X509Certificate> read() throws IOException;
    }

    public TlsWhenNeeded(TlsSettings settings, SystemAuthorities system) {
        this.settings = settings;
        this.system = system;
    }

    @Override
    public SSLSocket upgrade(Socket socket, String target, int port, Object attachment, HttpContext http)
            throws IOException {
        if (socket instanceof ReadAheadSocket reading) {
            reading.readAhead();
        }
        return strategy(target, port).upgrade(socket, target, port, attachment, http);
    }

    private synchronized TlsSocketStrategy strategy(String target, int port) throws IOException {
        String host = target.toLowerCase(Locale.ROOT);
        String name = host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
        TlsSocketStrategy known = strategies.get(name + ":" + port);
        if (known == null) {
            known = make(port == 443 ? List.of(name, name + ":443") : List.of(name + ":" + port));
            strategies.put(name + ":" + port, known);
        }
        return known;
    }

    /** @param names of the host in the settings */
    private TlsSocketStrategy make(List<String> names) throws IOException {
        Optional<HostCertificates> own = HostCertificates.find(settings.hostFolders(), aliases(names));
        if (aliases(names).stream().anyMatch(settings.unverified()::contains)) {
            LOG.warn(
                    "the certificate of {} is not verified: attackers on the network can read and change the data",
                    names.getFirst());
            SSLContext context = Trust.context(
                    new TrustManager[] {new AnyCertificate()},
                    own.map(HostCertificates::own).orElse(List.of()));
            return new DefaultClientTlsStrategy(
                    context, HostnameVerificationPolicy.CLIENT, NoopHostnameVerifier.INSTANCE);
        }
        if (own.isPresent()) {
            List<X509Certificate> all = new ArrayList<>(trusted());
            all.addAll(own.get().authorities());
            return new DefaultClientTlsStrategy(Trust.context(all, own.get().own()));
        }
        TlsSocketStrategy known = common;
        if (known == null) {
            known = new DefaultClientTlsStrategy(Trust.context(trusted(), List.of()));
            common = known;
        }
        return known;
    }

    /** Docker Hub has two names: that of its images and that of its server. */
    private static List<String> aliases(List<String> names) {
        return names.contains("registry-1.docker.io") ? List.of("docker.io", "registry-1.docker.io") : names;
    }

    private List<X509Certificate> trusted() throws IOException {
        List<X509Certificate> known = trusted;
        if (known == null) {
            known = new ArrayList<>(system.read());
            for (var file : settings.authorities()) {
                known.addAll(Pem.certificates(file));
            }
            trusted = known;
        }
        return known;
    }
}
