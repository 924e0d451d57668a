package io.github.gcrsync.testkit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;

/** The configuration of a {@link DockerRegistry}. */
public final class DockerRegistryOptions {
    /** bcrypt of {@link DockerRegistry#PASSWORD}. */
    private static final String HASH = "$2y$04$o7Cds58sl5xFvvAaPdd4gO2IROzpl67E5rV3ECyiPLcWlQy36jtDS";

    final Path folder;
    final String program;
    private String user = "";
    private Optional<Path> certificate = Optional.empty();
    private Optional<Path> key = Optional.empty();
    private boolean deletes = true;
    private boolean readOnly;
    private String auth = "";

    DockerRegistryOptions(Path folder) {
        this.folder = folder.toAbsolutePath();
        this.program = Program.require("docker-registry").name();
    }

    /** Requires this user with {@link DockerRegistry#PASSWORD} for every request. */
    public DockerRegistryOptions user(String name) {
        user = name;
        return this;
    }

    /** Serves HTTPS with this certificate (chain) and key, both PEM. */
    public DockerRegistryOptions tls(Path certificateFile, Path keyFile) {
        certificate = Optional.of(certificateFile.toAbsolutePath());
        key = Optional.of(keyFile.toAbsolutePath());
        return this;
    }

    /**
     * Requires tokens of this issuer, from the token service at the realm.
     *
     * @param authorities PEM file of the authorities of the issuer's certificate
     */
    public DockerRegistryOptions tokens(String realm, String issuer, Path authorities) {
        auth = "auth: {token: {realm: %s, service: testkit, issuer: %s, rootcertbundle: %s}}\n"
                .formatted(quoted(realm), quoted(issuer), quoted(authorities.toString()));
        return this;
    }

    /** Whether manifests and blobs may be deleted (yes by default). */
    public DockerRegistryOptions deletes(boolean enabled) {
        deletes = enabled;
        return this;
    }

    public DockerRegistryOptions readOnly(boolean on) {
        readOnly = on;
        return this;
    }

    public DockerRegistry start() {
        return DockerRegistry.start(this);
    }

    boolean servesHttps() {
        return certificate.isPresent();
    }

    Headers credentials() {
        Headers headers = new Headers();
        if (!user.isEmpty()) {
            byte[] pair = (user + ":" + DockerRegistry.PASSWORD).getBytes(StandardCharsets.UTF_8);
            headers.set("Authorization", "Basic " + Base64.getEncoder().encodeToString(pair));
        }
        return headers;
    }

    Path writeConfig(int port) throws IOException {
        Files.createDirectories(folder);
        String config = """
                version: 0.1
                log: {level: info, fields: {service: testkit}}
                storage:
                  filesystem: {rootdirectory: %s}
                  delete: {enabled: %b}
                  maintenance: {readonly: {enabled: %b}, uploadpurging: {enabled: false}}
                http:
                  addr: 127.0.0.1:%d
                """.formatted(quoted(folder.resolve("content")), deletes, readOnly, port);
        if (servesHttps()) {
            config += "  tls: {certificate: %s, key: %s}\n"
                    .formatted(quoted(certificate.orElseThrow()), quoted(key.orElseThrow()));
        }
        if (!user.isEmpty()) {
            Path users = folder.resolve("htpasswd");
            Files.writeString(users, user + ":" + HASH + "\n");
            config += "auth: {htpasswd: {realm: testkit, path: %s}}\n".formatted(quoted(users));
        }
        return Files.writeString(folder.resolve("config.yml"), config + auth);
    }

    /** A JSON string is valid YAML, and quotes any path correctly. */
    private static String quoted(Path path) {
        return quoted(path.toString());
    }

    private static String quoted(String text) {
        return new String(Json.write(text), StandardCharsets.UTF_8);
    }
}
