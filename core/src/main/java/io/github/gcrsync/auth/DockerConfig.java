package io.github.gcrsync.auth;

import io.github.gcrsync.oci.Reference;
import io.github.gcrsync.text.Json;
import io.github.gcrsync.text.Printable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;

/**
 * Reads the credentials that {@code docker login} and {@code podman login} store: {@code auths}, {@code credHelpers}
 * and {@code credsStore} of config.json. Keys may include a path; the longest match wins (containers-auth.json(5)).
 */
public final class DockerConfig implements Credentials {
    private static final String DOCKER_HUB_SERVER = "https://index.docker.io/v1/";

    private final Map<String, Credential> auths;
    private final Map<String, CredentialHelper> helpers;
    private final Optional<CredentialHelper> store;
    private static final Duration CACHED_FOR = Duration.ofMinutes(5);

    private final Map<String, Answer> cache = new HashMap<>();

    private DockerConfig(
            Map<String, Credential> auths, Map<String, CredentialHelper> helpers, Optional<CredentialHelper> store) {
        this.auths = auths;
        this.helpers = helpers;
        this.store = store;
    }

    /** {@code $DOCKER_CONFIG/config.json}, else {@code ~/.docker/config.json}. */
    public static Path defaultFile(Map<String, String> environment) {
        String folder = environment.get("DOCKER_CONFIG");
        return folder != null && !folder.isEmpty()
                ? Path.of(folder, "config.json")
                : Path.of(System.getProperty("user.home"), ".docker", "config.json");
    }

    /**
     * Reads the file when the first credential is needed; a missing file contains none.
     *
     * @return credentials that throw IllegalArgumentException, naming the file, if it is damaged
     */
    public static Credentials lazily(Path file) {
        return lazily(() -> read(file));
    }

    static Credentials lazily(Supplier<DockerConfig> reading) {
        return new Credentials() {
            private @Nullable DockerConfig config;

            @Override
            public Optional<Credential> find(String registry, String repository) {
                return config().find(registry, repository);
            }

            private synchronized DockerConfig config() {
                DockerConfig known = config;
                if (known == null) {
                    known = reading.get();
                    config = known;
                }
                return known;
            }
        };
    }

    /**
     * Reads a file that the user named; a missing file is an error.
     *
     * @param namedBy the flag or variable that holds the name
     * @throws IllegalArgumentException if the file is missing or damaged
     */
    public static DockerConfig readNamed(Path file, String namedBy) {
        if (!Files.exists(file)) {
            throw new IllegalArgumentException(Printable.shortened(file.toString()) + ", named by " + namedBy
                    + ", does not exist; create it with 'podman login --authfile' or 'docker login'");
        }
        return read(file);
    }

    /** @throws IllegalArgumentException if the file exists and is damaged */
    public static DockerConfig read(Path file) {
        if (!Files.exists(file)) {
            return new DockerConfig(Map.of(), Map.of(), Optional.empty());
        }
        try {
            if (Json.tree(Files.readAllBytes(file)) instanceof Map<?, ?> root) {
                return of(root);
            }
            throw new IllegalArgumentException("not a JSON object");
        } catch (JacksonException e) {
            // An exceeded reader limit has no location in the file.
            TokenStreamLocation place = e.getLocation();
            throw new IllegalArgumentException(file + " is not valid JSON"
                    + (place == null ? "" : " (line " + place.getLineNr() + ")") + "; fix it, or log in again");
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static DockerConfig of(Map<?, ?> root) {
        Map<String, Credential> auths = new HashMap<>();
        object(root, "auths").forEach((key, value) -> {
            if (key instanceof String server && value instanceof Map<?, ?> entry) {
                credential(server, entry).ifPresent(c -> auths.put(canonical(server), c));
            }
        });
        Map<String, CredentialHelper> helpers = new HashMap<>();
        object(root, "credHelpers").forEach((key, value) -> {
            if (key instanceof String server && value instanceof String name && !name.isEmpty()) {
                helpers.put(canonical(server), new CredentialHelper(name));
            }
        });
        Optional<CredentialHelper> store = root.get("credsStore") instanceof String name && !name.isEmpty()
                ? Optional.of(new CredentialHelper(name))
                : Optional.empty();
        return new DockerConfig(Map.copyOf(auths), Map.copyOf(helpers), store);
    }

    @Override
    public Optional<Credential> find(String registry, String repository) {
        String host = host(registry);
        CredentialHelper helper = helpers.get(host);
        if (helper != null) {
            return ask(helper, host);
        }
        String path = repository.isEmpty() ? host : host + "/" + repository;
        for (int end = path.length(); end > 0; end = path.lastIndexOf('/', end - 1)) {
            Credential found = auths.get(path.substring(0, end));
            if (found != null) {
                return Optional.of(found);
            }
        }
        return store.flatMap(s -> ask(s, host));
    }

    /** @param at from System.nanoTime */
    private record Answer(Optional<Credential> credential, long at) {}

    /**
     * Caches answers, because a helper may take seconds or prompt its user; only for a while, because credentials of
     * cloud helpers expire after about an hour.
     */
    private Optional<Credential> ask(CredentialHelper helper, String host) {
        synchronized (cache) {
            Answer known = cache.get(host);
            if (known == null || System.nanoTime() - known.at() > CACHED_FOR.toNanos()) {
                known = new Answer(helper.get(server(host)), System.nanoTime());
                cache.put(host, known);
            }
            return known.credential();
        }
    }

    private static String server(String host) {
        return host.equals("docker.io") ? DOCKER_HUB_SERVER : host;
    }

    /** Strips scheme and API path from a key: {@code https://index.docker.io/v1/} is docker.io. */
    private static String canonical(String key) {
        String bare = key.replaceFirst("^https?://", "").replaceFirst("/(?:v[12]/?)?$", "");
        int slash = bare.indexOf('/');
        return slash < 0 ? host(bare) : host(bare.substring(0, slash)) + bare.substring(slash);
    }

    private static Optional<Credential> credential(String server, Map<?, ?> entry) {
        String user = text(entry, "username");
        String secret = text(entry, "password");
        String pair = text(entry, "auth");
        if (!pair.isEmpty()) {
            String decoded = new String(decoded(server, pair), StandardCharsets.UTF_8);
            int colon = decoded.indexOf(':');
            user = colon < 0 ? decoded : decoded.substring(0, colon);
            // Docker on some platforms pads the password with NUL characters.
            secret = colon < 0 ? "" : decoded.substring(colon + 1).replaceFirst("\0+$", "");
        }
        String identityToken = text(entry, "identitytoken");
        if (!identityToken.isEmpty()) {
            return Optional.of(new Credential(user, identityToken, true));
        }
        return secret.isEmpty() ? Optional.empty() : Optional.of(Credential.password(user, secret));
    }

    /** Hides the decoder's message, which would repeat part of the secret. */
    private static byte[] decoded(String server, String pair) {
        try {
            return Base64.getMimeDecoder().decode(pair);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("the auth of " + Printable.shortened(server) + " is not base64");
        }
    }

    private static Map<?, ?> object(Map<?, ?> root, String name) {
        return root.get(name) instanceof Map<?, ?> map ? map : Map.of();
    }

    private static String text(Map<?, ?> entry, String name) {
        return entry.get(name) instanceof String s ? s : "";
    }

    /** Host names are case-insensitive. */
    private static String host(String name) {
        return Reference.canonicalHost(name).toLowerCase(Locale.ROOT);
    }
}
