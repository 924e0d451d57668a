package io.github.gcrsync.docs;

import io.github.gcrsync.testkit.CertificateAuthority;
import io.github.gcrsync.testkit.CertificateAuthority.Issued;
import io.github.gcrsync.testkit.Daemon;
import io.github.gcrsync.testkit.Nginx;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Https servers behind a proxy under names that the documentation uses, such as gcr.io; each is in fact a server of the
 * test. The proxy forwards every CONNECT to one nginx, which knows the names.
 */
final class Internet implements AutoCloseable {
    private static final byte[] ESTABLISHED =
            "HTTP/1.1 200 Connection established\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final Path folder;
    private final CertificateAuthority authority;
    private final Daemon nginx;
    private final ServerSocket proxy;

    /** @param servers the address of each by name: {@code HOST:PORT}, without TLS */
    Internet(Path folder, Map<String, String> servers) throws IOException {
        this.folder = folder;
        this.authority = CertificateAuthority.in(folder.resolve("authority"));
        Issued issued = authority.issue(
                "servers",
                "ec",
                servers.keySet().stream().map(name -> "DNS:" + name).collect(Collectors.joining(",")));
        this.nginx = Nginx.start(
                folder.resolve("nginx"),
                port -> servers.entrySet().stream()
                        .map(server -> nginxServer(port, server.getKey(), issued, server.getValue()))
                        .collect(Collectors.joining()));
        this.proxy = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.startVirtualThread(this::accept);
    }

    /** Returns http://127.0.0.1:PORT. */
    String proxy() {
        return "http://127.0.0.1:" + proxy.getLocalPort();
    }

    /** The PEM file of the authority that issued all certificates here. */
    Path authority() {
        return authority.certificate();
    }

    /** Java options to trust only that authority. */
    String javaOptions() throws IOException, GeneralSecurityException {
        String password = "changeit";
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, password.toCharArray());
        try (InputStream pem = Files.newInputStream(authority())) {
            store.setCertificateEntry(
                    "internet", CertificateFactory.getInstance("X.509").generateCertificate(pem));
        }
        Path file = folder.resolve("authority.p12");
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, password.toCharArray());
        }
        return "-Djavax.net.ssl.trustStore=" + file + " -Djavax.net.ssl.trustStorePassword=" + password;
    }

    private static String nginxServer(int port, String name, Issued issued, String behind) {
        return """
                  server {
                    listen 127.0.0.1:%d ssl;
                    server_name %s;
                    ssl_certificate %s;
                    ssl_certificate_key %s;
                    location / {
                      proxy_pass http://%s;
                      proxy_set_header Host $http_host;
                      proxy_set_header X-Forwarded-Proto https;
                    }
                  }
                """.formatted(port, name, issued.certificate(), issued.key(), behind);
    }

    private void accept() {
        try {
            while (true) {
                Socket client = proxy.accept();
                Thread.startVirtualThread(() -> connect(client));
            }
        } catch (IOException _) {
            // Closed.
        }
    }

    private void connect(Socket client) {
        URI behind = URI.create("http://" + nginx.host());
        try (client;
                Socket server = new Socket(behind.getHost(), behind.getPort())) {
            readHead(client.getInputStream());
            client.getOutputStream().write(ESTABLISHED);
            Thread.startVirtualThread(() -> pass(client, server));
            pass(server, client);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void readHead(InputStream in) throws IOException {
        int matched = 0;
        while (matched < 4) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("a request without an end");
            }
            matched = next == "\r\n\r\n".charAt(matched) ? matched + 1 : next == '\r' ? 1 : 0;
        }
    }

    /** Copies until one side has nothing more to send. */
    private static void pass(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
            to.shutdownOutput();
        } catch (IOException _) {
            // The other side is gone; its reader will notice.
        }
    }

    @Override
    public void close() {
        nginx.close();
        try {
            proxy.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
