package io.github.gcrsync.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.Hurry;
import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.commands.OnStage;
import io.github.gcrsync.commands.Stage;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.TestRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An unreachable side: one message instead of one per image. */
final class UnreachableTest extends OnStage {
    private static final int IMAGES = 62;

    @BeforeEach
    void start() {
        stage.with(Hurry.TO_RETRY);
    }

    private void offer() {
        IntStream.range(0, IMAGES).forEach(i -> stage.offer("r" + i + ":1", i));
    }

    @Test
    void endsRunBeforeFirstImageIfNobodyListens() {
        offer();

        Result result = stage.run("sync", "--destination=127.0.0.1:1/mirror");

        assertGivenUp(result, "the destination is unreachable: no answer to ");
        assertThat(stage.source().log().count("GET", "/blobs/")).isZero();
    }

    @Test
    void endsRunIfDestinationGoesAway() {
        offer();
        stage.destination().fault(Fault.on("*", ".*").skip(IMAGES + 40).always().resetConnection());

        Result result = stage.run("sync", "--processlimit=4");

        assertGivenUp(result, "gave up: the destination is unreachable: no answer to ");
        assertThat(stage.metadata().images()).as("recorded images").isNotEmpty();
        stage.destination().clearFaults();
        assertThat(stage.run("sync").exitCode()).isZero();
        assertThat(stage.metadata().images()).hasSize(IMAGES);
    }

    @Test
    void endsRunIfSourceGoesAway() {
        offer();
        stage.source().fault(Fault.on("*", ".*").skip(IMAGES + 20).always().status(503));

        Result result = stage.run("sync", "--processlimit=4");

        assertGivenUp(result, "gave up: the source is unreachable: HTTP 503 ");
    }

    @Test
    void endsRunIfSourceGoesAwayBeforeDigestsAreKnown() {
        stage.close();
        stage = new Stage(folder, TestRegistry.builder(), TestRegistry.builder()).with(Hurry.TO_RETRY);
        offer();
        stage.source().fault(Fault.on("*", "/manifests/|/v2/$").always().resetConnection());

        Result result = stage.run("sync");

        assertGivenUp(result, "gcrsync: the source is unreachable: no answer to ");
        assertThat(stage.destination().log().count()).isZero();
    }

    @Test
    void checksForLostImagesOnlyWhileDestinationAnswers() {
        offer();
        assertThat(stage.run("sync").exitCode()).isZero();
        IntStream.range(0, IMAGES).forEach(i -> stage.source().delete("ns/r" + i, "1"));
        stage.offer("r0:2", 1);
        stage.destination().fault(Fault.on("*", ".*").always().resetConnection());

        Result result = stage.run("sync", "--check-destination");

        assertGivenUp(result, "gcrsync: the destination is unreachable: no answer to ");
    }

    @Test
    void endsComparisonAndKeepsListIfNobodyListens() throws IOException {
        offer();
        Path list = Files.writeString(folder.resolve("same.json"), "as it was");

        Result result = stage.run("compare", "--destination=127.0.0.1:1", "--output=" + list);

        assertGivenUp(result, "gcrsync: the destination is unreachable: no answer to ");
        assertThat(list).hasContent("as it was");
    }

    @Test
    void endsComparisonIfSourceGoesAwayBeforeDigestsAreKnown() {
        stage.close();
        stage = new Stage(folder, TestRegistry.builder(), TestRegistry.builder()).with(Hurry.TO_RETRY);
        offer();
        stage.source().fault(Fault.on("*", "/manifests/|/v2/$").always().resetConnection());

        Result result = stage.run("compare", "--output=" + folder.resolve("same.json"));

        assertGivenUp(result, "gcrsync: the source is unreachable: no answer to ");
    }

    private static void assertGivenUp(Result result, String words) {
        String said = result.out() + result.err();
        assertThat(result.exitCode()).as(said).isEqualTo(3);
        assertThat(said).contains(words);
        List<String> reasons = said.lines()
                .filter(line -> line.contains("no answer to") || line.contains("HTTP 503"))
                .toList();
        assertThat(reasons.stream().filter(line -> !line.contains("not copied: source")))
                .as(said)
                .hasSizeLessThanOrEqualTo(3); // The failed image on both streams, and why the run ended.
        assertThat(reasons.stream().filter(line -> line.contains("not copied: source")))
                .as("images in flight, which are mirrored without their referrers: %s", said)
                .hasSizeLessThanOrEqualTo(4);
    }
}
