package io.github.gcrsync.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess;
import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.cli.settings.MirrorFlags;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A gcrsync.yaml with mirrors, as the commands see it. */
final class MirrorsInFileTest {
    private static final String FILE = """
            mirrors:
              - name: base
                source: docker.io
                destination: oci:mirror
                images:
                  - library/nginx: {versions: ">=1.26 <2", variants: ["", alpine], newest: 2}
            """;

    @TempDir
    Path folder;

    static Set<String> describingFlags() {
        return MirrorFlags.names();
    }

    @ParameterizedTest
    @MethodSource("describingFlags")
    void refusesFlagThatDescribesAnotherMirror(String flag) throws IOException {
        String file = write(FILE);

        for (Result result : List.of(
                run(Map.of(), "sync", "--config", file, flag + "=x"),
                run(Map.of(), "test", "--config=" + file, flag, "x"),
                run(Map.of(), "config", "check", file, flag + "=x"))) {
            assertThat(result.exitCode()).isEqualTo(2);
            assertThat(result.out()).isEmpty();
            assertThat(result.err())
                    .contains("gcrsync: " + flag
                            + " describes one mirror and cannot be combined with 'mirrors' in gcrsync.yaml; ");
        }
        String variable = "GCRSYNC_" + flag.substring(2).replace('-', '_').toUpperCase(Locale.ROOT);
        assertThat(run(Map.of(variable, "true"), "sync", "--config", file))
                .returns(2, Result::exitCode)
                .extracting(Result::err)
                .asString()
                .contains("gcrsync: " + variable + ": " + flag + " describes one mirror");
    }

    @Test
    void refusesKeyThatDescribesAnotherMirror() throws IOException {
        String file = write("namespace: team\n" + FILE);

        assertThat(run(Map.of(), "log", "--config", file))
                .returns(2, Result::exitCode)
                .extracting(Result::err)
                .asString()
                .startsWith("gcrsync: " + file + ":1:12: --namespace describes one mirror")
                .contains("; set 'source' of a mirror to HOST, HOST/PATH or oci:DIR");
    }

    @Test
    void acceptsFlagsOfWholeRun() throws IOException {
        Result result = run(
                Map.of("GCRSYNC_RETRY_QUARANTINED", "true"),
                "config",
                "check",
                write("check-destination: true\nmetadata: ./here\n" + FILE),
                "--processcount=5",
                "--proxy=http://127.0.0.1:1");

        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.out()).containsPattern("(?m)^  processcount +5 +flag$");
    }

    @Test
    void printsEachMirrorWithOrigins() throws IOException {
        String file = write(FILE);

        Result result = run(Map.of(), "config", "check", file);

        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.out().lines().dropWhile(line -> !line.isEmpty()).map(line -> line.replaceAll(" +", " ")))
                .containsExactly(
                        "",
                        "base",
                        " name base " + file + ":2:11",
                        " source docker.io " + file + ":3:13",
                        " destination oci:mirror " + file + ":4:18",
                        " images library/nginx " + file + ":6:9",
                        " versions >=1.26 <2 " + file + ":6:35",
                        " variants '', alpine " + file + ":6:58",
                        " newest 2 " + file + ":6:80",
                        " repositories not set default",
                        " tags not set default",
                        " fixed not set default",
                        " moved follow default",
                        " name-template {repository}:{tag} default",
                        " platforms not set default",
                        " index sparse default",
                        " require-signature not set default",
                        " referrers true default",
                        " processcount -1 default",
                        " prune not set default",
                        " schedule not set default",
                        " zone not set default",
                        " notify not set default");
    }

    @Test
    void reportsErrorsOfKeysAndMirrorsTogether() throws IOException {
        String file = write("querylimt: 1\n" + FILE.replace("newest", "newst").replace("docker.io", "\"\\e[2Jx\""));

        for (Result result : List.of(run(Map.of(), "config", "check", file), run(Map.of(), "sync", "--config", file))) {
            assertThat(result.exitCode()).isEqualTo(2);
            assertThat(result.out()).isEmpty();
            assertThat(result.err().lines()).hasSize(3).allMatch(line -> line.startsWith("gcrsync: " + file + ":"));
            assertThat(result.err())
                    .contains("did you mean querylimit?", "did you mean newest?", "'?[2Jx' names no registry host")
                    .doesNotContain("\u001b");
        }
    }

    @Test
    void suggestsKeysOfMirrors() throws IOException {
        assertThat(run(Map.of(), "sync", "--config", write("mirors: []\n")).err())
                .contains("did you mean mirrors?");
    }

    @Test
    void ignoresFlagsOfCommandsWithoutMirror() throws IOException {
        assertThat(InProcess.commands()).contains("completion");
        assertThat(run(Map.of("GCRSYNC_CONFIG", write(FILE), "GCRSYNC_SOURCE", "x.example.com"), "completion", "bash")
                        .exitCode())
                .isZero();
    }

    private String write(String text) throws IOException {
        return Files.writeString(folder.resolve("gcrsync.yaml"), text).toString();
    }

    private static Result run(Map<String, String> environment, String... arguments) {
        return InProcess.run(environment, Stream.of(arguments).toList());
    }
}
