package io.github.gcrsync.commands;

import io.github.gcrsync.cli.Hurry;
import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.TestRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** A test class with a source whose images cosign signs. */
abstract class SignedImages {
    @TempDir
    static Path keys;

    static Cosign cosign;
    static String release;
    static String audit;

    @TempDir
    Path folder;

    final TestRegistry source =
            TestRegistry.builder().gcrListing(true).referrersApi(true).start();
    final TestRegistry destination = TestRegistry.start();

    @BeforeAll
    static final void generate() {
        cosign = new Cosign(keys);
        release = cosign.generate("release");
        audit = cosign.generate("audit");
    }

    @AfterEach
    final void close() {
        source.close();
        destination.close();
    }

    SampleImage offer(String name, long seed) {
        SampleImage image = SampleImages.oci(seed);
        source.put("ns/" + name, "1", image);
        return image;
    }

    SampleImage offerSigned(String name, long seed, String... by) {
        SampleImage image = offer(name, seed);
        Stream.of(by).forEach(key -> cosign.sign(key, reference("ns/" + name, image)));
        source.log().clear();
        return image;
    }

    String reference(String repository, SampleImage image) {
        return source.host() + "/" + repository + "@" + image.digest();
    }

    Workplace place() {
        return new Workplace(folder).with(Hurry.TO_RETRY);
    }

    Result sync(String... flags) {
        return place().sync(source.host(), destination.host() + "/mirror", flags);
    }

    Result signed(String... flags) {
        return sync(Stream.concat(Stream.of("--verify-key=" + release), Stream.of(flags))
                .toArray(String[]::new));
    }

    /** Runs a mirror of a file, without what its name excludes by default. */
    Result file(String key) throws IOException {
        Path config = Files.writeString(
                folder.resolve("gcrsync.yaml"),
                "mirrors: [{name: ns, source: %s/ns, destination: %s/mirror, %s}]"
                        .formatted(source.host(), destination.host(), key));
        return place().run("sync", "--config=" + config, "--metadata=" + folder.resolve("metadata"));
    }

    boolean isMirrored(String name, SampleImage image) {
        return destination.manifestDigest("mirror/" + name, "1").equals(image.digest());
    }

    Set<String> recorded() {
        return place().metadata().digests().keySet();
    }

    long blobsRead(String name) {
        return source.log().count("GET", "/v2/ns/" + name + "/blobs/");
    }
}
