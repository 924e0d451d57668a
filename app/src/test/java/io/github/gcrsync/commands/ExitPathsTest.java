package io.github.gcrsync.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess;
import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.testkit.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every way in which a command ends, with its exit code and its message: what happened, where, and what to do. Ways
 * that need more than one run or another process have their own tests (InterruptionTest, QuotaTest, RemoteTest,
 * DamageTest).
 */
final class ExitPathsTest extends OnStage {
    @BeforeEach
    void offer() {
        stage.offer("app:1", 1);
    }

    /** Prepares a problem before the command starts. */
    @FunctionalInterface
    interface Trouble {
        void make(Stage stage) throws IOException;
    }

    record Way(int exitCode, String command, Trouble trouble, List<String> words) {
        @Override
        public String toString() {
            return exitCode + " " + command + ": " + words.getFirst();
        }
    }

    private static Way way(int exitCode, String command, Trouble trouble, String... words) {
        return new Way(exitCode, command, trouble, List.of(words));
    }

    private static Trouble status(int status, String path) {
        return stage ->
                stage.source().fault(Fault.on("GET", path).status(status).always());
    }

    private static Trouble file(String name, String text) {
        return stage -> {
            Path file = stage.folder().resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        };
    }

    private static final Trouble NONE = stage -> {};
    private static final Trouble MIRRORED = stage -> stage.run("sync");
    private static final String LISTING = ".*/(ns/tags/list|_catalog).*";
    private static final String MANIFESTS = ".*/manifests/.*";
    private static final String BLOBS = ".*/blobs/.*";
    private static final String STACK_TRACE = "(?m)^\\s+at [\\w.$]+\\(";

    static Stream<Way> ways() {
        return Stream.of(
                way(0, "sync", NONE, "copied               1", "took", "recorded in {}/metadata as commit "),
                way(
                        1,
                        "sync",
                        status(403, MANIFESTS),
                        "app:1  source: HTTP 403 DENIED",
                        "what to do: log in to the source"),
                way(
                        1,
                        "sync",
                        status(404, BLOBS),
                        "app:1  source: HTTP 404",
                        "what to do: the source does not have it"),
                way(
                        1,
                        "sync",
                        status(500, MANIFESTS),
                        "app:1  source: HTTP 500",
                        "what to do: run again; if it fails again"),
                way(
                        1,
                        "sync",
                        status(429, MANIFESTS),
                        "app:1  source: HTTP 429",
                        "what to do: run again later, log in"),
                way(1, "sync", status(403, ".*/app/tags/list.*"), "app  source: HTTP 403", "what to do: log in to"),
                way(
                        1,
                        "sync",
                        stage -> stage.source()
                                .fault(Fault.on("GET", MANIFESTS).corruptByte(5).always()),
                        "has the digest sha256:",
                        "what to do: run again; if it fails again, the source or a cache"),
                way(
                        3,
                        "sync --destination=oci:{}/file/x",
                        file("file", "x"),
                        "the destination cannot be used: cannot read {}/file/x/app/index.json: ",
                        "; check that the folder can be created, read and written"),
                way(2, "sync --dockerpassword=s3cret", NONE, "a password needs a user; add --dockeruser"),
                way(2, "sync --config={}/no.yaml", NONE, "{}/no.yaml: there is no such file; check its path"),
                way(
                        2,
                        "sync --querylimit=0",
                        NONE,
                        "'--querylimit': '0' is not a number from 1",
                        "gcrsync sync --help"),
                way(2, "sync --nosuchflag", NONE, "unknown flag --nosuchflag", "Try 'gcrsync sync --help'."),
                way(2, "snyc", NONE, "unknown command 'snyc'", "Did you mean: gcrsync sync?"),
                way(2, "config chekc", NONE, "unknown action 'chekc'; use gcrsync config check"),
                way(2, "completion tcsh", NONE, "[bash, zsh, fish]", "'tcsh'", "Try 'gcrsync completion --help'."),
                way(2, "log a b", NONE, "unexpected argument 'b'", "Try 'gcrsync log --help'."),
                way(
                        3,
                        "sync --destination=127.0.0.1:1/x",
                        NONE,
                        "the destination is unreachable: no answer to GET http://127.0.0.1:1/v2/x/app/tags/list",
                        "; run again; if it fails again, check the name, the network"),
                way(
                        3,
                        "sync",
                        status(401, LISTING),
                        "the source asks for a login: HTTP 401",
                        "; log in as a user with this permission"),
                way(3, "sync", status(403, LISTING), "HTTP 403", "; log in as a user with this permission"),
                way(3, "sync", status(429, LISTING), "HTTP 429", "; run again later, log in"),
                way(3, "sync", status(500, LISTING), "HTTP 500", "; run again; if it fails again, check"),
                way(
                        3,
                        "sync --source=127.0.0.1:1",
                        NONE,
                        "no answer to GET http://127.0.0.1:1/",
                        "; run again; if it fails again"),
                way(
                        3,
                        "sync --source=no.invalid",
                        NONE,
                        "unknown host no.invalid; ",
                        "check the name, the network, --proxy"),
                way(
                        3,
                        "sync --proxy=http://127.0.0.1:1 --source=registry.example.com",
                        NONE,
                        "no answer to GET https://registry.example.com/",
                        "Connect to http://127.0.0.1:1 failed",
                        "--proxy"),
                way(3, "sync --namespace=nowhere", NONE, " begins with nowhere/; check --namespace"),
                way(3, "sync --metadata={}/full", file("full/file", "x"), "{}/full is neither", "run git init there"),
                way(
                        3,
                        "sync --metadata={}/file/x",
                        file("file", "x"),
                        "the lock file {}/file/x",
                        "or use another --metadata"),
                way(
                        3,
                        "sync --metadata=http://127.0.0.1:1/x.git",
                        NONE,
                        "http://127.0.0.1:1/x.git",
                        "check the address"),
                way(
                        3,
                        "sync --metadata=http://git.example.com/x.git --githubtoken=s3cret",
                        NONE,
                        "a token is not sent to http://git.example.com/x.git without encryption; use an https URL"),
                way(
                        3,
                        "sync --report={}/no/r.json",
                        NONE,
                        "cannot write the report {}/no/r.json: its folder does not exist; create it"),
                way(3, "sync --report={}", NONE, "cannot write the report {}: it is a folder; use a file in it"),
                way(
                        3,
                        "sync --authfile={}/no.json",
                        NONE,
                        "{}/no.json, named by --authfile, does not exist; create it with"),
                way(
                        3,
                        "sync --authfile={}/bad.json",
                        file("bad.json", "{"),
                        "{}/bad.json is not valid JSON (line 1); fix it"),
                way(
                        3,
                        "sync --ca-file={}/no.pem",
                        NONE,
                        "{}/no.pem, named by --ca-file, is missing or unreadable",
                        "; check its path"),
                way(
                        3,
                        "sync --cert-dir={}/no",
                        NONE,
                        "{}/no, named by --cert-dir, is missing or unreadable",
                        "; check its path"),
                way(
                        3,
                        "sync --dockeruser=me --dockerpassword-stdin",
                        NONE,
                        "standard input is empty; pipe the password into it"),
                way(
                        3,
                        "sync --destination=docker.io/me",
                        stage -> {
                            stage.offer("a/b:1", 2);
                            stage.offer("a_b:1", 3);
                        },
                        "a/b:1 and a_b:1 would both become me/a_b:1",
                        "--name-template"),
                way(1, "log", NONE, "nothing is recorded in ", "; check --namespace and --metadata"),
                way(
                        1,
                        "log app:2 --namespace=ns --metadata={}/metadata",
                        MIRRORED,
                        "app:2 is not recorded in {}/metadata; check"),
                way(3, "log --metadata={}/full", file("full/file", "x"), "{}/full is neither", "run git init there"),
                way(4, "compare --output={}/l.json", NONE, "missing          1", "    missing    app:1"),
                way(
                        3,
                        "compare --output={}",
                        NONE,
                        "cannot write the list of identical images to {}: it is a folder; use --output with a file"),
                way(
                        3,
                        "compare --output={}/no/l.json",
                        NONE,
                        "{}/no/l.json: no such file or folder: ",
                        "use another file with --output"),
                way(
                        3,
                        "compare --output={}/l.json",
                        status(500, LISTING),
                        "HTTP 500",
                        "; run again; if it fails again, check"),
                way(
                        3,
                        "compare --output={}/l.json --destination=127.0.0.1:1/x",
                        NONE,
                        "http://127.0.0.1:1/v2/x",
                        "; run again"),
                way(
                        1,
                        "test",
                        status(403, ".*/app/tags/list.*"),
                        "FAIL  app  source: HTTP 403",
                        "what to do: log in to"),
                way(3, "test", status(403, LISTING), "HTTP 403", "; log in as a user with this permission"),
                way(
                        3,
                        "test --output={}/file/x",
                        file("file", "x"),
                        "cannot write the files to {}/file/x: ",
                        "; use another folder with"),
                way(
                        1,
                        "monitor --count=1",
                        status(500, LISTING),
                        "FAILED: HTTP 500",
                        "; run again; if it fails again, check"));
    }

    @ParameterizedTest
    @MethodSource("ways")
    void reportsProblemAndRemedy(Way way) throws IOException {
        way.trouble().make(stage);

        Result result = run(way.command());

        String said = (result.out() + result.err()).replace(folder.toString(), "{}");
        assertThat(result.exitCode()).as(said).isEqualTo(way.exitCode());
        assertThat(said).contains(way.words()).doesNotContain("s3cret");
        assertThat(said).doesNotContainPattern(STACK_TRACE);
        if (way.exitCode() == 2 || way.exitCode() == 3) {
            assertThat(result.err()).startsWith("gcrsync: ");
        }
    }

    @Test
    void reportsInternalErrorOnOneLine() {
        Result result = runWithInternalError(() -> {
            throw new IllegalStateException("unexpected state");
        });

        assertThat(result)
                .isEqualTo(new Result(
                        3,
                        "",
                        "gcrsync: IllegalStateException: unexpected state; internal error; run again"
                                + " with --debug and report the output\n"));
    }

    @Test
    void printsStackTraceWithDebug() {
        Result result = runWithInternalError(
                () -> {
                    throw new IllegalStateException("unexpected state");
                },
                "--debug",
                "--log-format=json");

        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.err())
                .contains("at io.github.gcrsync.cli.wiring.Wiring.")
                .contains("\"event\":\"error\"");
    }

    @Test
    void reportsOutOfMemory() {
        Result result = runWithInternalError(() -> {
            throw new OutOfMemoryError("Java heap space");
        });

        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.err())
                .startsWith("gcrsync: OutOfMemoryError: Java heap space; out of memory; increase it, for example with"
                        + " GCRSYNC_JAVA_OPTIONS=-Xmx2g")
                .doesNotContainPattern(STACK_TRACE);
    }

    /** The environment throws when it is asked for a folder, like an internal error. */
    private Result runWithInternalError(Runnable error, String... flags) {
        Map<String, String> environment = new HashMap<>(stage.environment()) {
            @Override
            public @Nullable String get(Object name) {
                if (name.equals("XDG_STATE_HOME")) {
                    error.run();
                }
                return super.get(name);
            }
        };
        return InProcess.run(environment, stage.arguments("sync", flags));
    }

    private Result run(String command) {
        List<String> words =
                new ArrayList<>(List.of(command.replace("{}", folder.toString()).split(" ")));
        String name = words.removeFirst();
        boolean ours = List.of("sync", "compare", "test", "monitor").contains(name);
        return ours
                ? stage.run(name, words.toArray(String[]::new))
                : InProcess.run(
                        stage.environment(),
                        Stream.concat(Stream.of(name), words.stream()).toList());
    }
}
