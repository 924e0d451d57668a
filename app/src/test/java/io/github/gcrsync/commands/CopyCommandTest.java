package io.github.gcrsync.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.TestRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** copy takes one image from a registry or a folder to others, and records nothing. */
final class CopyCommandTest extends CopyOfImage {
    @Test
    void copiesAllPlatformsAndPrintsDigest() {
        Result result = copy(from(), to("mirror/app:stable"));

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(result.out())
                .containsPattern("^copied      " + from() + " -> " + to("mirror/app:stable") + "  " + image.digest()
                        + "  [0-9.]+ kB pulled\n$");
        assertThat(result.err()).isEqualTo("[1/1] copied   " + to("mirror/app:stable") + "\n");
        assertThat(destination.manifestDigest("mirror/app", "stable")).isEqualTo(image.digest());
        image.manifests()
                .keySet()
                .forEach(digest -> assertThat(destination.manifestDigest("mirror/app", digest))
                        .isEqualTo(digest));
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void givesDestinationTagOfSource() {
        assertThat(copy(from(), to("app")).exitCode()).isZero();
        assertThat(copy(from() + "@" + image.digest(), to("by-digest")).exitCode())
                .isZero();
        source.put("team/app", "latest", SampleImages.oci(7));
        assertThat(copy("docker://" + source.host() + "/team/app", "docker://" + to("newest"))
                        .exitCode())
                .isZero();

        assertThat(destination.tags("app")).containsExactly("1.0");
        assertThat(destination.tags("by-digest")).containsExactly("1.0");
        assertThat(destination.tags("newest")).containsExactly("latest");
    }

    @Test
    void copiesDigestWithoutTagOnlyIfAsked() {
        String byDigest = source.host() + "/team/app@" + image.digest();

        Result refused = copy(byDigest, to("app"));
        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.err())
                .contains(to("app") + " needs a tag, because " + byDigest + " has none; write " + to("app") + ":TAG");

        assertThat(copy(byDigest, to("app@" + image.digest())).exitCode()).isZero();
        assertThat(destination.tags("app")).isEmpty();
        assertThat(destination.manifestDigest("app", image.digest())).isEqualTo(image.digest());

        Result other = copy(from(), to("app@" + SampleImages.oci(3).digest()));
        assertThat(other.exitCode()).isEqualTo(2);
        assertThat(other.err()).contains("names a digest that FROM does not name");
    }

    @Test
    void requestsNoBlobIfDestinationHasImage() {
        copy(from(), to("app"));
        source.log().clear();
        destination.log().clear();

        Result again = copy(from(), to("app"));

        assertThat(again.exitCode()).isZero();
        assertThat(again.out())
                .isEqualTo("up to date  " + from() + " -> " + to("app:1.0") + "  " + image.digest() + "\n");
        for (TestRegistry registry : List.of(source, destination)) {
            assertThat(registry.log().count("HEAD", "/manifests/")).isEqualTo(1);
            assertThat(registry.log().count()).isEqualTo(1);
        }
    }

    @Test
    void copiesThroughFolder() {
        String layout = "oci:" + folder.resolve("some:dir/Layout");

        Result in = copy(from(), layout);
        assertThat(in.exitCode()).as("%s", in).isZero();
        assertThat(in.out()).contains(" -> " + layout + ":1.0  " + image.digest());
        assertThat(copy(from(), layout).out()).startsWith("up to date  ");

        for (String only : List.of(layout, layout + ":1.0", layout + "@" + image.digest())) {
            assertThat(copy(only, to("out:1.0")).exitCode()).as(only).isZero();
        }
        assertThat(copy(layout, to("out/of/folder")).exitCode()).isZero();
        assertThat(destination.manifestDigest("out", "1.0")).isEqualTo(image.digest());
        assertThat(destination.tags("out/of/folder")).containsExactly("1.0");
    }

    @Test
    void repairsFolder() throws IOException {
        Path layout = folder.resolve("layout");
        copy(from(), "oci:" + layout);
        try (var blobs = Files.list(layout.resolve("blobs/sha256"))) {
            for (Path blob : blobs.toList()) {
                Files.delete(blob);
            }
        }

        assertThat(copy(from(), "oci:" + layout).out()).startsWith("copied  ");
        assertThat(copy("oci:" + layout, to("app")).exitCode()).isZero();
    }

    @Test
    void mountsBlobsOfEarlierDestinationOfSameRegistry() {
        Result result = copy(from(), to("first/app"), to("second/app"), to("first/app"));

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(result.out().lines()).hasSize(2).last().asString().contains("blobs mounted");
        assertThat(destination.manifestDigest("second/app", "1.0")).isEqualTo(image.digest());
    }

    @Test
    void writesEventsAsJson() {
        destination.fault(Fault.on("POST", "/v2/denied/").status(403).always());

        Result result = copy("--log-format=json", from(), to("denied/app"), to("good/app"));

        assertThat(result.err().lines())
                .allSatisfy(line -> assertThat(line).startsWith("{\"time\":").endsWith("}"))
                .anySatisfy(line ->
                        assertThat(line).contains("\"event\":\"run-started\",\"images\":2,\"toCopy\":2,\"upToDate\":0"))
                .anySatisfy(line -> assertThat(line)
                        .contains(
                                "\"event\":\"image-started\"",
                                "\"image\":\"" + to("good/app:1.0") + "\"",
                                "\"reason\":\"new\""))
                .anySatisfy(line -> assertThat(line).contains("\"event\":\"blob-arrived\"", "\"how\":\"uploaded\""))
                .anySatisfy(line ->
                        assertThat(line).contains("\"event\":\"image-copied\"", "\"digest\":\"" + image.digest()))
                .anySatisfy(line -> assertThat(line)
                        .contains("\"event\":\"image-failed\"", "\"advice\":\"log in to the destination"))
                .last()
                .asString()
                .contains(
                        "\"event\":\"run-finished\",\"exitCode\":1,",
                        "\"images\":{\"copied\":1,\"upToDate\":0,\"unfinished\":0,\"overQuota\":0,\"failed\":1}",
                        "\"role\":\"source\"",
                        "\"role\":\"destination\"");
        assertThat(result.out()).contains("copied  ", "failed  ");
    }

    @Test
    void printsOnlyFailuresIfQuiet() {
        assertThat(copy("--quiet", from(), to("app"))).isEqualTo(new Result(0, "", ""));
        Result failed = copy("--quiet", source.host() + "/none", to("app"));
        assertThat(failed.exitCode()).isEqualTo(1);
        assertThat(failed.out()).isEmpty();
        assertThat(failed.err()).startsWith("FAILED   " + to("app:latest"));
    }

    @Test
    void appliesConnectionSettingsOfFile() throws IOException {
        Path file = folder.resolve("settings.yaml");
        Files.writeString(
                file,
                "namespace: team\nname-template: 'x-{repository}:{tag}'\nrequests-per-second: [localhost=many]\n");

        Result result = copy("--config=" + file, from(), to("app"));

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).contains("settings.yaml:3", "requests-per-second");
        Files.writeString(file, "namespace: team\nquiet: true\n");
        assertThat(copy("--config=" + file, from(), to("app"))).isEqualTo(new Result(0, "", ""));
    }

    @Test
    void showsBarsOnTerminal() throws Exception {
        CountDownLatch blobsMayCome = new CountDownLatch(1);
        source.fault(Fault.on("GET", "/blobs/").delayUntil(blobsMayCome).always());
        try (Tmux terminal = new Tmux()) {
            terminal.gcrsync(100, folder, place.environment(), List.of("copy", from(), to("app")));
            terminal.await(screen -> screen.contains("0/1 images") && screen.contains("░"));
            blobsMayCome.countDown();
            terminal.await(screen -> screen.contains("exit code 0"));
            assertThat(terminal.all()).contains("copied      " + from()).doesNotContain("░", "█");
        } finally {
            blobsMayCome.countDown();
        }
    }

    @Test
    void acceptsConnectionFlags() {
        Result result = copy(
                "--max-rate=100MB/s",
                "--requests-per-second=localhost=100",
                "--httptimeout=5s",
                "--plain-http=" + source.host(),
                "--no-progress",
                "--debug",
                from(),
                to("app"));
        assertThat(result.exitCode()).as("%s", result).isZero();
    }
}
