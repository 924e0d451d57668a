package gcrsync.docs;

import gcrsync.testkit.DockerRegistry;
import gcrsync.testkit.GitHttpServer;
import gcrsync.testkit.Program;
import gcrsync.testkit.SampleNamespace;
import gcrsync.testkit.TestRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the documentation's examples talk to: a source with the namespaces {@code team} and {@code google-containers}, a
 * real registry that asks for a password, and a git server that asks for a token; and a home folder in which {@code docker
 * login} was done.
 */
final class Neighbourhood implements AutoCloseable {
    private static final String USER = "robot";
    private static final String GIT_TOKEN = "a-token-for-git";

    private final TestRegistry source;
    private final DockerRegistry destination;
    private final GitHttpServer git;
    private final Path folder;
    private final Path home;

    Neighbourhood(Path folder) throws IOException {
        this.folder = folder;
        this.home = Files.createDirectories(folder.resolve("home"));
        this.source = TestRegistry.builder().gcrListing(true).start();
        this.destination =
                DockerRegistry.in(folder.resolve("registry")).user(USER).start();
        Path repositories = Files.createDirectories(folder.resolve("git"));
        this.git = GitHttpServer.serve(repositories, "x-access-token", GIT_TOKEN);
        SampleNamespace.fill(source, "team", 3, 2, 7);
        SampleNamespace.fill(source, "google-containers", 3, 2, 7);
        Program.require("git")
                .arguments("init", "--quiet", "--bare", "metadata.git")
                .in(repositories)
                .run()
                .orThrow();
        logIn();
    }

    /** What the examples' own lines {@code NAME=value} are replaced by. */
    Map<String, String> variables() {
        return new TreeMap<>(Map.of(
                "SOURCE", source.host(),
                "DESTINATION", destination.host(),
                "METADATA", git.url("metadata.git"),
                "GCRSYNC_DOCKERPASSWORD", DockerRegistry.PASSWORD,
                "GCRSYNC_GITHUBTOKEN", GIT_TOKEN));
    }

    /** What a shell of the user has in its environment. */
    Map<String, String> environment() {
        return new TreeMap<>(Map.of(
                "HOME", home.toString(),
                "XDG_RUNTIME_DIR", home.toString(),
                "XDG_STATE_HOME", home.resolve("state").toString(),
                "DOCKER_CONFIG", home.resolve(".docker").toString(),
                "CONTAINERS_REGISTRIES_CONF", home.resolve("registries.conf").toString(),
                "GIT_CONFIG_GLOBAL", "/dev/null",
                "PATH", programs() + ":" + System.getenv("PATH")));
    }

    /** What {@code docker login} has left. */
    Path login() {
        return home.resolve(".docker/config.json");
    }

    /** How many images were pushed to a repository of the destination. */
    int pushes(String repository) {
        return destination.requests("PUT /v2/" + repository + "/manifests/v.*");
    }

    private Path programs() {
        return folder.resolve("bin");
    }

    private void logIn() throws IOException {
        String pair = Base64.getEncoder()
                .encodeToString((USER + ":" + DockerRegistry.PASSWORD).getBytes(StandardCharsets.UTF_8));
        Files.createDirectories(login().resolveSibling(""));
        Files.writeString(login(), "{\"auths\": {\"%s\": {\"auth\": \"%s\"}}}\n".formatted(destination.host(), pair));
        Files.writeString(
                home.resolve("registries.conf"),
                "[[registry]]\nlocation = \"%s\"\ninsecure = true\n".formatted(destination.host()));
        Path gcrsync = Files.createDirectories(programs()).resolve("gcrsync");
        Files.writeString(
                gcrsync, """
                #!/bin/sh
                exec '%s/bin/java' -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData -Xmx256m \\
                    --enable-native-access=ALL-UNNAMED -cp '%s' gcrsync.cli.Main "$@"
                """.formatted(System.getProperty("java.home"), System.getProperty("java.class.path")));
        if (!gcrsync.toFile().setExecutable(true)) {
            throw new IOException(gcrsync + " cannot be made a program");
        }
    }

    /** Makes the program callable as from a checkout. */
    void linkInto(Path checkout) throws IOException {
        Files.createSymbolicLink(checkout.resolve("gcrsync"), programs().resolve("gcrsync"));
    }

    @Override
    public void close() {
        git.close();
        destination.close();
        source.close();
    }
}
