package gcrsync.auth;

import gcrsync.oci.Json;
import gcrsync.oci.Printable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/**
 * A program {@code docker-credential-NAME} that keeps credentials: {@code get} reads the server's address from standard
 * input and prints JSON with Username and Secret (docker-credential-helpers, "Development").
 */
final class CredentialHelper {
    private static final Logger LOG = LoggerFactory.getLogger(CredentialHelper.class);
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]+");
    /** What a helper gives as user name when the secret is an identity token. */
    private static final String TOKEN_USER = "<token>";

    private final String program;

    /** @throws IllegalArgumentException if the name could be anything but a program's last part */
    CredentialHelper(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("not a credential helper's name: " + Printable.shortened(name));
        }
        this.program = "docker-credential-" + name;
    }

    /** Empty if the helper knows none or does not run; the log then says why, and the registry decides. */
    Optional<Credential> get(String serverAddress) {
        try {
            Process process = new ProcessBuilder(program, "get")
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try (var in = process.getOutputStream()) {
                in.write((serverAddress + "\n").getBytes(StandardCharsets.UTF_8));
            }
            byte[] answer = process.getInputStream().readNBytes(1 << 20);
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                LOG.warn("{} did not end within 30 s; going on without it", program);
                return Optional.empty();
            }
            if (process.exitValue() != 0) {
                LOG.debug("{} knows no credential for {}", program, serverAddress);
                return Optional.empty();
            }
            return credential(answer);
        } catch (IOException e) {
            LOG.warn("{} could not be run: {}", program, e.getMessage());
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private Optional<Credential> credential(byte[] answer) {
        try {
            if (Json.tree(answer) instanceof Map<?, ?> fields
                    && fields.get("Username") instanceof String user
                    && fields.get("Secret") instanceof String secret
                    && !secret.isEmpty()) {
                return Optional.of(new Credential(user, secret, user.equals(TOKEN_USER)));
            }
        } catch (JacksonException e) {
            // Said below; the parser's message could hold a part of the secret.
        }
        LOG.warn("{} printed something that is not a credential", program);
        return Optional.empty();
    }
}
