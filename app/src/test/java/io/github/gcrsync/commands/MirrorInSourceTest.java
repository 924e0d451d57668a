package io.github.gcrsync.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.testkit.TestRegistry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A destination in the source's own namespace: the mirror must not be mirrored again. */
final class MirrorInSourceTest extends OnStage {
    @Override
    protected Stage open() {
        return new Stage(folder, TestRegistry.builder(), TestRegistry.builder());
    }

    @BeforeEach
    void start() {
        stage.offer("a:1", 1);
        stage.offer("b/c:1", 2);
    }

    @ParameterizedTest
    @CsvSource({
        "/ns/mirror, {repository}, ns/mirror/a, ns/mirror/b/c",
        "/ns, copies/{repository}, ns/copies/a, ns/copies/b/c",
        "'', {namespace}/of-{repository}, ns/of-a, ns/of-b/c"
    })
    void excludesMirrorBelowSource(String path, String template, String first, String second) {
        String[] flags = {"--destination=" + stage.source().host() + path, "--name-template=" + template};
        assertThat(stage.run("sync", flags).exitCode()).isZero();

        Result again = stage.run("sync", flags);

        assertThat(again.exitCode()).as("%s", again).isZero();
        assertThat(again.out())
                .containsPattern("copied +0\n")
                .containsPattern("up to date +2\n")
                .containsPattern("(?m)^ +2  image is part of the mirror$");
        assertThat(stage.source().repositories()).containsExactlyInAnyOrder("ns/a", "ns/b/c", first, second);
        assertThat(stage.run("test", flags).out()).contains("0 to copy, 2 up to date");
        assertThat(stage.run("monitor", "--count=1", flags[0], flags[1]).out())
                .contains("2 images at the source, 0 waiting");
        Result compared = stage.run("compare", "--output=" + folder.resolve("same.json"), flags[0], flags[1]);
        assertThat(compared.out()).containsPattern("same +2\n").containsPattern("missing +0\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sync", "test", "compare", "monitor"})
    void refusesSourceAsDestination(String command) {
        Result result = stage.run(command, "--destination=" + stage.source().host() + "/ns");

        assertThat(result.exitCode()).as("%s", result).isEqualTo(2);
        assertThat(result.err()).contains("the destination " + stage.source().host() + "/ns is the source");
        assertThat(stage.source().log().count()).isZero();
    }

    @Test
    void doesNotMirrorRepositoryOntoItself() {
        String[] flags = {"--namespace=ns/a", "--destination=" + stage.source().host() + "/ns"};

        Result result = stage.run("sync", flags);

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(result.out()).containsPattern("(?m)^ +\\d+  image is part of the mirror$");
        assertThat(stage.source().log().count("PUT", ".*")).isZero();
    }

    @ParameterizedTest
    @CsvSource({"index.docker.io, registry-1.docker.io/ns", "REGISTRY.example.com, registry.example.com/ns"})
    void comparesHostsByCanonicalName(String source, String destination) {
        Result result = stage.run("sync", "--source=" + source, "--destination=" + destination);

        assertThat(result.exitCode()).as("%s", result).isEqualTo(2);
        assertThat(result.err()).contains("is the source");
    }
}
