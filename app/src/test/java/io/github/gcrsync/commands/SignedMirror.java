package io.github.gcrsync.commands;

import io.github.gcrsync.cli.Hurry;
import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.TestRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;

/** A mirror of an index of two images, {@code app:1}, and what refers to them. */
final class SignedMirror implements AutoCloseable {
    private static final Instant START = Instant.parse("2026-06-01T12:00:00Z");

    final SampleImage amd = SampleImages.oci("linux/amd64", SampleImages.layer(1, 3));
    final SampleImage arm = SampleImages.oci("linux/arm64", SampleImages.layer(2, 3));
    final SampleImage index = SampleImages.index(amd, arm);
    final SampleImage signature = SampleImages.signature(3, index);
    final TestRegistry source;
    final TestRegistry destination;
    private final Path folder;

    private SignedMirror(Path folder, boolean sourceHasApi, boolean destinationHasApi) {
        this.folder = folder;
        source = registry(sourceHasApi);
        destination = registry(destinationHasApi);
        source.put("ns/app", "1", index);
    }

    /** Both registries have the referrers API. */
    static SignedMirror withApi(Path folder) {
        return new SignedMirror(folder, true, true);
    }

    static SignedMirror withoutApi(Path folder) {
        return new SignedMirror(folder, false, false);
    }

    private static TestRegistry registry(boolean hasApi) {
        return TestRegistry.builder().referrersApi(hasApi).sparseIndexes(true).start();
    }

    Result run(String command, Duration later, String... more) {
        Workplace place = new Workplace(folder)
                .at(Clock.fixed(START.plus(later), ZoneOffset.UTC))
                .with(Hurry.TO_RETRY);
        String[] arguments = place.arguments(source.host(), destination.host() + "/mirror", more);
        arguments[0] = command;
        return place.run(arguments);
    }

    /** Counts requests from here on. */
    Result sync(Duration later, String... more) {
        source.log().clear();
        destination.log().clear();
        return run("sync", later, more);
    }

    Result sync(String... more) {
        return sync(Duration.ZERO, more);
    }

    /** Stores the artifact at the source, without a tag. */
    SampleImage put(SampleImage artifact) {
        source.put("ns/app", artifact);
        return artifact;
    }

    void put(String tag, SampleImage artifact) {
        source.put("ns/app", tag, artifact);
    }

    boolean arrived(SampleImage artifact) {
        return destination.manifestDigest("mirror/app", artifact.digest()).equals(artifact.digest());
    }

    /** Counts requests to the source. */
    int reads(String path) {
        return source.log().count("GET", path);
    }

    String metadata(String file) throws IOException {
        return Files.readString(folder.resolve("metadata/ns/" + file));
    }

    @Override
    public void close() {
        source.close();
        destination.close();
    }
}
