package io.github.gcrsync.docs;

import io.github.gcrsync.testkit.Program;
import java.nio.file.Files;
import java.nio.file.Path;

/** The files of {@code examples/}, and third-party programs that read such files. */
final class Examples {
    static final Path GITHUB = file("github/mirror.yml");
    static final Path GITLAB = file("gitlab/mirror.gitlab-ci.yml");
    static final Path SERVICE = file("systemd/gcrsync.service");
    static final Path TIMER = file("systemd/gcrsync.timer");
    static final Path KUBERNETES = file("kubernetes/mirror.yaml");
    static final Path GITHUB_SHARDS = file("github/shards.yml");
    static final Path GITLAB_SHARDS = file("gitlab/shards.gitlab-ci.yml");
    static final Path KUBERNETES_SHARDS = file("kubernetes/shards.yaml");
    static final Path SERVER_UNIT = file("systemd/gcrsync-server.service");
    static final Path SERVER_MANIFESTS = file("kubernetes/server.yaml");
    static final Path SERVER_COMPOSE = file("compose/server.yaml");
    static final Path REGISTRY_UNIT = file("systemd/gcrsync-registry.service");
    static final Path WORKER_UNIT = file("systemd/gcrsync-worker@.service");
    static final Path WORKER_MANIFEST = file("kubernetes/workers.yaml");
    static final Path WORKERS_COMPOSE = file("compose/workers.yaml");
    static final Path COMPOSE = file("compose/compose.yaml");

    private static final Path READERS = ProjectFiles.ROOT.resolve("app/src/test/npm");

    private Examples() {}

    private static Path file(String path) {
        return ProjectFiles.ROOT.resolve("examples").resolve(path);
    }

    /** GitHub's own parser of workflows; takes a file. */
    static Program gitHubReader() {
        return reader("github-workflow.mjs");
    }

    /** Validates a GitLab CI file against GitLab's schema and runs its jobs; works in a clone. */
    static Program gitLabRunner(Path clone) {
        return reader("gitlab-ci-local.mjs").in(clone);
    }

    /** The reference parser of compose files; prints the one in its folder as JSON. */
    static Program composeReader() {
        return Program.require("compose-spec")
                .arguments("-format", "json", COMPOSE.getFileName().toString())
                .in(COMPOSE.resolveSibling(""));
    }

    private static Program reader(String script) {
        if (!Files.isDirectory(READERS.resolve("node_modules"))) {
            throw new IllegalStateException(READERS + " has no node_modules: ./test installs them, or npm ci there");
        }
        return Program.require("node").arguments(READERS.resolve(script).toString());
    }

    /** Commits everything in the folder, like a checkout of GitLab's runner. */
    static void commit(Path checkout) {
        git(checkout, "init", "--quiet", "--initial-branch=main");
        git(checkout, "remote", "add", "origin", "https://gitlab.example.com/team/gcrsync.git");
        git(checkout, "add", ".");
        git(checkout, "-c", "user.name=Test", "-c", "user.email=test@example.com", "commit", "--quiet", "-m", "all");
    }

    private static void git(Path folder, String... arguments) {
        Program.require("git").arguments(arguments).in(folder).run().orThrow();
    }
}
