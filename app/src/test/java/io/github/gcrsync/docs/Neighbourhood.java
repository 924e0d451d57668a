package io.github.gcrsync.docs;

import io.github.gcrsync.testkit.DockerRegistry;
import io.github.gcrsync.testkit.GitHttpServer;
import io.github.gcrsync.testkit.Program;
import io.github.gcrsync.testkit.SampleNamespace;
import io.github.gcrsync.testkit.TestRegistry;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The servers of the documentation's examples: a source with the namespaces {@code team} and {@code google-containers},
 * a real registry with a password, a git server with a token; gcr.io, Docker Hub and github.com of the same kind behind
 * a proxy; and a home folder after {@code docker login}.
 */
final class Neighbourhood implements AutoCloseable {
    private static final String USER = "robot";
    /** The Docker Hub user of the examples. */
    private static final String HUB_USER = "you";

    private static final String GIT_TOKEN = "a-token-for-git";

    private final TestRegistry source;
    private final DockerRegistry destination;
    private final DockerRegistry hub;
    private final GitHttpServer git;
    private final Internet internet;
    private final Path folder;
    private final Path home;

    Neighbourhood(Path folder) throws IOException, GeneralSecurityException {
        this.folder = folder;
        this.home = Files.createDirectories(folder.resolve("home"));
        this.source =
                TestRegistry.builder().gcrListing(true).relativeLocations(true).start();
        this.destination =
                DockerRegistry.in(folder.resolve("registry")).user(USER).start();
        this.hub = DockerRegistry.in(folder.resolve("hub")).user(HUB_USER).start();
        Path repositories = Files.createDirectories(folder.resolve("git"));
        this.git = GitHttpServer.serve(repositories, "x-access-token", GIT_TOKEN);
        SampleNamespace.fill(source, "team", 3, 2, 7);
        SampleNamespace.fill(source, "google-containers", 3, 2, 7);
        for (String repository : List.of("metadata.git", "you/metadata.git")) {
            Program.require("git")
                    .arguments("init", "--quiet", "--bare", repository)
                    .in(repositories)
                    .run()
                    .orThrow();
        }
        String gitHost = URI.create(git.url("")).getAuthority();
        this.internet = new Internet(
                folder.resolve("internet"),
                Map.of(
                        "gcr.io", source.host(),
                        "registry.example.com", source.host(),
                        "registry.internal.example.com", source.host(),
                        "mirror.example.com", destination.host(),
                        "registry-1.docker.io", hub.host(),
                        "git.example.com", gitHost,
                        "github.com", gitHost));
        logIn();
    }

    /** Replacements for lines {@code NAME=value} of the examples. */
    Map<String, String> variables() {
        return new TreeMap<>(Map.of(
                "SOURCE", source.host(),
                "DESTINATION", destination.host(),
                "METADATA", git.url("metadata.git"),
                "PROXY", internet.proxy(),
                "GCRSYNC_DOCKERPASSWORD", DockerRegistry.PASSWORD,
                "GCRSYNC_GITHUBTOKEN", GIT_TOKEN));
    }

    /** The environment of a user's shell. */
    Map<String, String> environment() {
        Map<String, String> shell = new TreeMap<>(Map.of(
                "HOME", home.toString(),
                "XDG_RUNTIME_DIR", home.toString(),
                "XDG_STATE_HOME", home.resolve("state").toString(),
                "DOCKER_CONFIG", home.resolve(".docker").toString(),
                "CONTAINERS_REGISTRIES_CONF", home.resolve("registries.conf").toString(),
                "GIT_CONFIG_GLOBAL", "/dev/null",
                "PATH", String.join(":", home + "/.local/bin", programs(), javaHome("bin"), System.getenv("PATH"))));
        // Git uses a proxy only with a flag, other programs with this variable; neither for servers of this machine.
        shell.putAll(Map.of(
                "GCRSYNC_PROXY", internet.proxy(),
                "HTTPS_PROXY", internet.proxy(),
                "NO_PROXY", "127.0.0.1",
                "SSL_CERT_FILE", internet.authority().toString()));
        return shell;
    }

    /** 127.0.0.1:PORT of the registry with a password. */
    String destination() {
        return destination.host();
    }

    /** The result of {@code docker login}. */
    Path login() {
        return home.resolve(".docker/config.json");
    }

    /** How many images were pushed to a repository of the destination or of Docker Hub. */
    int pushes(String repository) {
        String push = "PUT /v2/" + repository + "/manifests/v.*";
        return destination.requests(push) + hub.requests(push);
    }

    private String programs() {
        return folder.resolve("bin").toString();
    }

    private static String javaHome(String below) {
        return Path.of(System.getProperty("java.home"), below).toString();
    }

    private void logIn() throws IOException, GeneralSecurityException {
        String pair = Base64.getEncoder()
                .encodeToString((USER + ":" + DockerRegistry.PASSWORD).getBytes(StandardCharsets.UTF_8));
        Files.createDirectories(login().resolveSibling(""));
        Files.writeString(
                login(),
                "{\"auths\": {\"%1$s\": {\"auth\": \"%2$s\"}, \"mirror.example.com\": {\"auth\": \"%2$s\"}}}\n"
                        .formatted(destination.host(), pair));
        Files.writeString(
                home.resolve("registries.conf"),
                "[[registry]]\nlocation = \"%s\"\ninsecure = true\n".formatted(destination.host()));
        Path gcrsync = Files.createDirectories(Path.of(programs())).resolve("gcrsync");
        Files.writeString(gcrsync, """
                #!/bin/sh
                exec '%s' %s $GCRSYNC_JAVA_OPTIONS -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData -Xmx256m \\
                    --enable-native-access=ALL-UNNAMED -cp '%s' io.github.gcrsync.cli.Main "$@"
                """.formatted(
                        javaHome("bin/java"), internet.javaOptions(), System.getProperty("java.class.path")));
        if (!gcrsync.toFile().setExecutable(true)) {
            throw new IOException("cannot make executable: " + gcrsync);
        }
    }

    /** Makes the program callable as from a checkout, next to the certificate authority of a private network. */
    void linkInto(Path checkout) throws IOException {
        Files.copy(internet.authority(), checkout.resolve("our-ca.pem"));
        Files.createSymbolicLink(checkout.resolve("gcrsync"), Path.of(programs(), "gcrsync"));
    }

    @Override
    public void close() {
        internet.close();
        git.close();
        hub.close();
        destination.close();
        source.close();
    }
}
