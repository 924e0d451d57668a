package io.github.gcrsync.auth;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The credential files of Docker and Podman, in their standard locations (containers-auth.json(5)). A file is read only
 * if the files before it have no credential for a registry; the first credential found is used.
 */
public final class CredentialFiles {
    private CredentialFiles() {}

    /**
     * Combines {@code $REGISTRY_AUTH_FILE}, Docker's config.json, and Podman's auth.json of this session and of this
     * user. Missing files are skipped, except the file that the variable names.
     *
     * @return credentials that throw IllegalArgumentException, naming the file, if a file is damaged
     */
    public static Credentials standard(Map<String, String> environment) {
        Credentials all = variable(environment, "REGISTRY_AUTH_FILE")
                .map(file -> DockerConfig.lazily(() -> DockerConfig.readNamed(Path.of(file), "REGISTRY_AUTH_FILE")))
                .orElse(Credentials.NONE);
        for (Path file : files(environment)) {
            all = all.orElse(DockerConfig.lazily(file));
        }
        return all;
    }

    static List<Path> files(Map<String, String> environment) {
        List<Path> files = new ArrayList<>();
        files.add(DockerConfig.defaultFile(environment));
        variable(environment, "XDG_RUNTIME_DIR").ifPresent(folder -> files.add(podman(Path.of(folder))));
        files.add(podman(variable(environment, "XDG_CONFIG_HOME")
                .map(Path::of)
                .orElseGet(() -> Path.of(System.getProperty("user.home"), ".config"))));
        return List.copyOf(files);
    }

    private static Path podman(Path base) {
        return base.resolve("containers").resolve("auth.json");
    }

    private static Optional<String> variable(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
    }
}
