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
 * A credential helper, {@code docker-credential-NAME}: {@code get} reads the server address from standard input and
 * prints JSON with Username and Secret (docker-credential-helpers, "Development").
 */
final class CredentialHelper {
    private static final Logger LOG = LoggerFactory.getLogger(CredentialHelper.class);
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9_.-]*");
    /** The user name that marks the secret as an identity token. */
    private static final String TOKEN_USER = "<token>";

    /** The error of all helpers for an unknown server (credentials.errCredentialsNotFoundMessage). */
    private static final String NOT_FOUND = "credentials not found in native keychain";

    private static final int LARGEST = 1 << 20;

    private final String program;
    private final Duration patience;

    /** @throws IllegalArgumentException if the name is not a plain file name suffix */
    CredentialHelper(String name) {
        this("docker-credential-", name, Duration.ofSeconds(30));
    }

    /** @param prefix the program name before the helper's name; a path in it skips the search of PATH */
    CredentialHelper(String prefix, String name, Duration patience) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("not a credential helper's name: " + Printable.shortened(name));
        }
        this.program = prefix + name;
        this.patience = patience;
    }

    /** Returns empty if the helper has no credential or fails; the reason is logged, and the registry decides. */
    Optional<Credential> get(String serverAddress) {
        try {
            Process process = new ProcessBuilder(program, "get")
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return answer(process, serverAddress);
        } catch (IOException e) {
            LOG.warn("cannot run {}: {}", program, Printable.shortened(String.valueOf(e.getMessage())));
            return Optional.empty();
        }
    }

    private Optional<Credential> answer(Process process, String serverAddress) throws IOException {
        // Reading its output has no timeout: it ends only when the program and all its child processes end.
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
                LOG.warn("{} printed more than {} bytes; continuing without it", program, LARGEST);
                return Optional.empty();
            }
            int exitCode = process.waitFor();
            if (late.get()) {
                LOG.warn("{} did not end within {} s; continuing without it", program, patience.toSeconds());
                return Optional.empty();
            }
            if (exitCode != 0) {
                logFailure(new String(answer, StandardCharsets.UTF_8).strip(), serverAddress);
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

    /** Helpers print errors to standard output; an unknown server is not an error. */
    private void logFailure(String output, String serverAddress) {
        if (output.contains(NOT_FOUND)) {
            LOG.debug("{} has no credential for {}", program, serverAddress);
        } else {
            // Output that looks like JSON may contain a secret.
            String reason = output.isEmpty() || output.contains("{") ? "no reason given" : Printable.shortened(output);
            LOG.warn("{} failed for {} ({}); continuing without it", program, serverAddress, reason);
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
            // Logged below; the parser's message could contain part of the secret.
        }
        LOG.warn("{} printed no valid credential", program);
        return Optional.empty();
    }
}
