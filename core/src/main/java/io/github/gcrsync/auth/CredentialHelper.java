package io.github.gcrsync.auth;

import io.github.gcrsync.text.Json;
import io.github.gcrsync.text.Printable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
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
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9_.-]*");
    /** What a helper gives as user name when the secret is an identity token. */
    private static final String TOKEN_USER = "<token>";

    /** What all helpers say of a server they do not know (credentials.errCredentialsNotFoundMessage). */
    private static final String NOT_FOUND = "credentials not found in native keychain";

    private static final int LARGEST = 1 << 20;

    private final String program;
    private final Duration patience;

    /** @throws IllegalArgumentException if the name could be anything but a program's last part */
    CredentialHelper(String name) {
        this("docker-credential-", name, Duration.ofSeconds(30));
    }

    /** @param prefix the program's name up to the helper's; a path in front of it spares the search */
    CredentialHelper(String prefix, String name, Duration patience) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("not a credential helper's name: " + Printable.shortened(name));
        }
        this.program = prefix + name;
        this.patience = patience;
    }

    /** Empty if the helper knows none or does not run; the log then says why, and the registry decides. */
    Optional<Credential> get(String serverAddress) {
        try {
            Process process = new ProcessBuilder(program, "get")
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return answer(process, serverAddress);
        } catch (IOException e) {
            LOG.warn("{} could not be run: {}", program, Printable.shortened(String.valueOf(e.getMessage())));
            return Optional.empty();
        }
    }

    private Optional<Credential> answer(Process process, String serverAddress) throws IOException {
        // Reading its output has no time-out; only its end, and that of all it started, ends the reading.
        AtomicBoolean late = new AtomicBoolean();
        CompletableFuture<Void> watch = CompletableFuture.runAsync(
                () -> {
                    late.set(true);
                    process.descendants().forEach(ProcessHandle::destroyForcibly);
                    process.destroyForcibly();
                },
                CompletableFuture.delayedExecutor(patience.toMillis(), TimeUnit.MILLISECONDS));
        try (InputStream out = process.getInputStream()) {
            try (OutputStream in = process.getOutputStream()) {
                in.write((serverAddress + "\n").getBytes(StandardCharsets.UTF_8));
            }
            byte[] answer = out.readNBytes(LARGEST);
            if (answer.length == LARGEST) {
                LOG.warn("{} printed more than {} bytes; going on without it", program, LARGEST);
                return Optional.empty();
            }
            int exitCode = process.waitFor();
            if (late.get()) {
                LOG.warn("{} did not end within {} s; going on without it", program, patience.toSeconds());
                return Optional.empty();
            }
            if (exitCode != 0) {
                tell(new String(answer, StandardCharsets.UTF_8).strip(), serverAddress);
                return Optional.empty();
            }
            return credential(answer);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } finally {
            watch.cancel(false);
            process.destroyForcibly();
        }
    }

    /** Helpers print errors to standard output; that they know no such server is none. */
    private void tell(String words, String serverAddress) {
        if (words.contains(NOT_FOUND)) {
            LOG.debug("{} knows no credential for {}", program, serverAddress);
        } else {
            // What looks like an answer may hold a secret.
            String reason = words.isEmpty() || words.contains("{") ? "no reason given" : Printable.shortened(words);
            LOG.warn("{} failed for {} ({}); going on without it", program, serverAddress, reason);
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
