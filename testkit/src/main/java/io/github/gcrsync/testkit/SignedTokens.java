package io.github.gcrsync.testkit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A token service with signed tokens, which real registries accept (distribution, "Token Authentication
 * Implementation").
 */
public final class SignedTokens implements AutoCloseable {
    public static final String ISSUER = "testkit";

    private final HttpServer server;
    private final byte[] certificate;
    private final PrivateKey key;
    private final String pair;
    private final int seconds;
    private final AtomicInteger issued = new AtomicInteger();

    private SignedTokens(CertificateAuthority.Issued signer, String user, String password, int seconds)
            throws IOException, GeneralSecurityException {
        this.certificate = CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(Files.readAllBytes(signer.certificate())))
                .getEncoded();
        String pem = Files.readString(signer.key()).replaceAll("-----[A-Z ]+-----", "");
        this.key = KeyFactory.getInstance("RSA")
                .generatePrivate(new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(pem)));
        this.pair = Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
        this.seconds = seconds;
        this.server =
                HttpServer.create(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/token", this::answer);
        server.start();
    }

    /**
     * Starts a service that grants this user everything, and others nothing.
     *
     * @param signer with an RSA key
     * @param seconds lifetime of a token
     */
    public static SignedTokens start(CertificateAuthority.Issued signer, String user, String password, int seconds) {
        try {
            return new SignedTokens(signer, user, password, seconds);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    public String realm() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/token";
    }

    /** Returns the number of issued tokens. */
    public int issued() {
        return issued.get();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            boolean known =
                    ("Basic " + pair).equals(exchange.getRequestHeaders().getFirst("Authorization"));
            byte[] body = known
                    ? Json.write(Map.of("token", token(exchange.getRequestURI().getRawQuery()), "expires_in", seconds))
                    : new byte[] {'{', '}'};
            exchange.sendResponseHeaders(known ? 200 : 401, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private String token(String query) throws IOException {
        issued.incrementAndGet();
        long now = Instant.now().getEpochSecond();
        List<Map<String, Object>> access = new ArrayList<>();
        for (String parameter : query.split("&")) {
            if (parameter.startsWith("scope=")) {
                for (String scope : URLDecoder.decode(parameter.substring(6), StandardCharsets.UTF_8)
                        .split(" ")) {
                    String[] parts = scope.split(":");
                    access.add(Map.of("type", parts[0], "name", parts[1], "actions", List.of(parts[2].split(","))));
                }
            }
        }
        String header = encoded(Json.write(Map.of(
                "typ", "JWT", "alg", "RS256", "x5c", List.of(Base64.getEncoder().encodeToString(certificate)))));
        String claims = encoded(Json.write(Map.of(
                "iss",
                ISSUER,
                "sub",
                "someone",
                "aud",
                "testkit",
                "exp",
                now + seconds,
                "nbf",
                now - 1,
                "iat",
                now,
                "jti",
                UUID.randomUUID().toString(),
                "access",
                access)));
        return header + "." + claims + "." + encoded(signature(header + "." + claims));
    }

    private byte[] signature(String text) throws IOException {
        try {
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(key);
            signature.update(text.getBytes(StandardCharsets.US_ASCII));
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    private static String encoded(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
