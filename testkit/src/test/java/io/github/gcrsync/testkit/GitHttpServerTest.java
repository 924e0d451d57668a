package io.github.gcrsync.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class GitHttpServerTest {
    @TempDir
    Path folder = Path.of("");

    private Path repositories = Path.of("");

    private Program.Result git(Path in, String... arguments) {
        return Program.require("git")
                .arguments("-c", "user.name=Someone", "-c", "user.email=someone@example.org")
                .arguments(arguments)
                .in(in)
                .environment("GIT_TERMINAL_PROMPT", "0")
                .environment("GIT_CONFIG_GLOBAL", "/dev/null")
                .run();
    }

    @BeforeEach
    void makeRepository() throws IOException {
        repositories = Files.createDirectories(folder.resolve("repositories"));
        git(repositories, "init", "--bare", "-b", "master", "meta.git").orThrow();
    }

    private void cloneChangeAndPush(String url) throws IOException {
        git(folder, "clone", url, "work").orThrow();
        Path work = folder.resolve("work");
        // More than http.postBuffer (1 MiB), so that git sends a chunked body.
        byte[] much = new byte[3 << 20];
        new Random(1).nextBytes(much);
        Files.write(work.resolve("much"), much);
        git(work, "add", ".").orThrow();
        git(work, "commit", "-m", "Much").orThrow();
        git(work, "push", "origin", "HEAD:master").orThrow();
        git(folder, "clone", url, "again").orThrow();
        assertThat(folder.resolve("again/much")).hasBinaryContent(much);
        String head = git(work, "rev-parse", "HEAD").orThrow().stdout();
        assertThat(git(repositories.resolve("meta.git"), "rev-parse", "master")
                        .orThrow()
                        .stdout())
                .isEqualTo(head);
    }

    @Test
    void clonesAndPushes() throws IOException {
        try (GitHttpServer server = GitHttpServer.serve(repositories)) {
            cloneChangeAndPush(server.url("meta.git"));
            assertThat(server.log().count("POST", "/meta.git/git-receive-pack"))
                    .as(() -> "" + server.log())
                    .isPositive();
        }
    }

    @Test
    void requiresToken() throws IOException {
        try (GitHttpServer server = GitHttpServer.serve(repositories, "someone", "t0ken")) {
            Program.Result refused = git(folder, "clone", server.url("meta.git"), "none");
            assertThat(refused.exitCode()).isNotZero();
            assertThat(server.log().exchanges()).allMatch(exchange -> exchange.status() == 401);

            server.log().clear();
            cloneChangeAndPush(server.url("meta.git").replace("http://", "http://someone:t0ken@"));
            assertThat(server.log().exchanges())
                    .anyMatch(exchange -> exchange.header("Authorization").equals("Basic"));
            assertThat(server.log().toString()).doesNotContain("t0ken");
        }
    }
}
