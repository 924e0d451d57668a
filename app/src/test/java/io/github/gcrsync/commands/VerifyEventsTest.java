package io.github.gcrsync.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.text.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What verify prints to standard error for programs. */
final class VerifyEventsTest extends OnStage {
    private Workplace place;

    @BeforeEach
    void mirror() throws IOException {
        place = new Workplace(folder);
        stage.offer("app:1", 1);
        stage.offer("app:2", 2);
        Files.writeString(folder.resolve("gcrsync.yaml"), """
                metadata: %s
                mirrors:
                  - name: new
                    source: %s/ns
                    destination: %s/new
                  - name: team
                    source: %2$s/ns
                    destinations: [{name: hub, to: %3$s/mirror}, {name: disk, to: 'oci:%s'}]
                """.formatted(
                        folder.resolve("metadata"),
                        stage.source().host(),
                        stage.destination().host(),
                        folder.resolve("mirror")));
        assertThat(run("sync", "team").exitCode()).isZero();
        stage.destination().delete("mirror/app", "1");
    }

    private Result run(String command, String... flags) {
        return place.run(
                Stream.concat(Stream.of(command, "--config=" + folder.resolve("gcrsync.yaml")), Stream.of(flags))
                        .toArray(String[]::new));
    }

    private static List<Map<?, ?>> events(Result result) {
        return result.err()
                .lines()
                .<Map<?, ?>>map(
                        line -> (Map<?, ?>) Objects.requireNonNull(Json.tree(line.getBytes(StandardCharsets.UTF_8))))
                .toList();
    }

    /** Returns {@code EVENT MIRROR DESTINATION IMAGE} of each event; null: there is none. */
    private static List<String> words(Result result) {
        return events(result).stream()
                .map(event -> event.get("event") + " " + event.get("mirror") + " " + event.get("destination") + " "
                        + event.get("image"))
                .toList();
    }

    @Test
    void namesMirrorAndDestination() {
        Result result = run("verify", "team", "--log-format=json");

        assertThat(result.exitCode()).as("%s", result).isEqualTo(4);
        assertThat(words(result))
                .containsExactly(
                        "drift-found team hub app:1",
                        "verify-finished team hub null",
                        "verify-finished team disk null");
        assertThat(events(result).getFirst().get("kind")).isEqualTo("missing tag");
        assertThat(String.valueOf(events(result).get(1).get("counts")))
                .contains("checked=2", "drift=1")
                .doesNotContain("repaired");
    }

    @Test
    void reportsRepairAndMirrorThatCannotStart() {
        Result result = run("verify", "--log-format=json", "--repair", "--quiet");

        assertThat(result.exitCode()).as("%s", result).isEqualTo(3);
        assertThat(words(result))
                .as("nothing about a destination without findings")
                .containsExactly(
                        "error new null null",
                        "drift-found team hub app:1",
                        "image-repaired team hub app:1",
                        "verify-finished team hub null");
        assertThat(String.valueOf(events(result).getLast().get("counts"))).contains("repaired=1", "notRepaired=0");
        assertThat(stage.mirrored("app:1")).isNotEmpty();
    }
}
