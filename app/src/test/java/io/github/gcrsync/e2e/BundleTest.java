package io.github.gcrsync.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.TestRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A mirror crosses the air gap in bundles. */
final class BundleTest extends AirGap {
    @BeforeEach
    void fillMirror() {
        offerImages();
        fill();
    }

    @Test
    void carriesEveryTree() throws IOException {
        Result exported = export(bundle("all.tar"));
        assertThat(exported.exitCode()).as("%s", exported).isZero();
        assertThat(exported.out())
                .containsPattern("exported +30\n")
                .contains(bundle("all.tar") + "  ")
                .containsPattern(
                        "sha256:[0-9a-f]{64}\nnext export: --since [0-9a-f]{12}, or the receipt of the import\n");

        Result loaded = load(bundle("all.tar"), "--receipt=" + folder.resolve("receipt.json"));

        assertThat(loaded.exitCode()).as("%s", loaded).isZero();
        assertThat(loaded.out()).containsPattern("copied +30 ");
        assertAllArrived();
        assertThat(source.log().count()).as("requests to the source").isZero();
        assertThat(Files.readString(folder.resolve("other-side/ns/ImageDigests")))
                .contains("# source " + source.host() + "/ns\n");
    }

    @Test
    void newImageTravelsAlone() {
        load(exported("all.tar"));
        String before = ledgerHere().git("rev-parse", "HEAD").strip();
        SampleImage added = offer("team/app-1:v99", SampleImages.multiPlatform(99));
        fill();

        Path delta = exported("delta.tar", "--since=" + before);

        Set<String> own = new TreeSet<>(added.manifests().keySet());
        own.addAll(added.blobs().keySet());
        assertThat(content(delta)).isEqualTo(own);
        Result loaded = load(delta);
        assertThat(loaded.exitCode()).as("%s", loaded).isZero();
        assertThat(loaded.out()).containsPattern("copied +1 ");
        assertAllArrived();

        destination.log().clear();
        Result again = load(delta);
        assertThat(again.exitCode()).as("%s", again).isZero();
        assertThat(again.out()).containsPattern("copied +0\n");
        assertThat(destination.log().count("PUT", "/")).isZero();
        assertThat(destination.log().count("POST", "/")).isZero();
    }

    @Test
    void receiptTellsWhatTheOtherSideHas() {
        Path receipt = folder.resolve("receipt.json");
        load(exported("all.tar"), "--receipt=" + receipt);
        SampleImage moved = offer("team/app-2:v2", SampleImages.oci(77));
        SampleImage signature = SampleImages.signature(78, moved);
        source.put("ns/team/app-2", signature);
        referrers.put("team/app-2:v2", signature);
        fill();

        Path delta = exported("delta.tar", "--since=" + receipt);

        Set<String> own = new TreeSet<>(moved.manifests().keySet());
        own.addAll(moved.blobs().keySet());
        own.addAll(signature.manifests().keySet());
        own.addAll(signature.blobs().keySet());
        // All signatures have the same empty config.
        assertThat(own).containsAll(content(delta));
        assertThat(content(delta)).contains(moved.digest(), signature.digest());
        Result loaded = load(delta);
        assertThat(loaded.exitCode()).as("%s", loaded).isZero();
        assertAllArrived();
    }

    @Test
    void laterSignatureTravelsAlone() throws IOException {
        load(exported("all.tar"));
        String before = ledgerHere().git("rev-parse", "HEAD").strip();
        SampleImage signature = SampleImages.signature(4711, image("team/app-3:v3"));
        source.put("ns/team/app-3", signature);
        fill();

        Path delta = exported("delta.tar", "--since=" + before);

        assertThat(content(delta)).contains(signature.digest());
        Result loaded = load(delta);
        assertThat(loaded.exitCode()).as("%s", loaded).isZero();
        assertArrived("loaded/team/app-3", signature.digest(), signature);
        assertAllArrived();
        assertThat(Files.readString(folder.resolve("other-side/ns/ImageDigests")))
                .as("what a bundle lacks is still selected")
                .doesNotContain("unselected=", "gone=");
    }

    @Test
    void nothingNewIsAnEmptyBundle() {
        load(exported("all.tar"));

        Path delta = exported(
                "delta.tar", "--since=" + ledgerHere().git("rev-parse", "HEAD").strip());

        assertThat(content(delta)).isEmpty();
        Result loaded = load(delta);
        assertThat(loaded.exitCode()).as("%s", loaded).isZero();
    }

    @Test
    void deltaBeforeItsBaseNamesWhatIsMissing() {
        String before = ledgerHere().git("rev-parse", "HEAD").strip();
        Path all = exported("all.tar");
        SampleImage late = offer(
                "team/new:v1", SampleImages.oci("linux/arm64", SampleImages.layer(1, 4), SampleImages.layer(5000, 1)));
        fill();
        Path delta = exported("delta.tar", "--since=" + before);

        Result early = load(delta);

        assertThat(early.exitCode()).as("%s", early).isEqualTo(1);
        String missing = late.blobs().keySet().stream()
                .filter(image("team/app-4:v4").blobs()::containsKey)
                .findFirst()
                .orElseThrow();
        assertThat(early.out())
                .contains("the blob " + missing + " is neither in the file nor at the destination")
                .contains("import the delivery before this one first");
        assertThat(early.err())
                .contains("images of earlier deliveries are missing here")
                .contains("missing  team/app-0:v0  " + image("team/app-0:v0").digest());
        assertThat(ledgerThere().git("rev-list", "--all")).isEmpty();
        assertThat(destination.tags("loaded/team/new")).isEmpty();

        assertThat(load(all).exitCode()).isZero();
        assertThat(load(delta).exitCode()).isZero();
        assertAllArrived();
    }

    @Test
    void equalContentMakesEqualBytes() throws IOException {
        Path first = exported("first.tar");
        Path second = exported("second.tar");

        assertThat(Files.mismatch(first, second)).isEqualTo(-1);
    }

    @Test
    void partsHoldTogether() throws IOException {
        Result exported = export(bundle("all.tar"), "--max-size=60KiB");
        assertThat(exported.exitCode()).as("%s", exported).isZero();
        List<Path> parts;
        try (Stream<Path> files = Files.list(folder)) {
            parts = files.filter(file -> file.toString().endsWith(".tar"))
                    .sorted()
                    .toList();
        }
        assertThat(parts).hasSizeGreaterThan(1).allMatch(part -> part.toFile().length() <= 60 << 10);

        Result one = load(parts.getFirst());
        assertThat(one.exitCode()).as("%s", one).isEqualTo(1);
        assertThat(one.err()).contains("part 2 of " + parts.size() + " is missing; name all parts of the export");
        assertThat(destination.log().count()).isZero();

        Result all = workplace.run(loading(parts.reversed()));
        assertThat(all.exitCode()).as("%s", all).isZero();
        assertAllArrived();

        Result small = export(bundle("small.tar"), "--max-size=1KiB");
        assertThat(small.exitCode()).isEqualTo(2);
        assertThat(small.err()).contains("--max-size 1024 is too small");
    }

    @Test
    void damagedImageIsLeftOut() throws IOException {
        SampleImage image = image("team/app-1:v1");
        SampleImage other = image("team/app-6:v6");
        String blob = image.blobs().keySet().stream()
                .filter(digest -> !other.blobs().containsKey(digest))
                .findFirst()
                .orElseThrow();
        Files.writeString(mirror().resolve("team/app-1/blobs/sha256/" + blob.substring(7)), "damaged");

        Result exported = export(bundle("all.tar"));

        assertThat(exported.exitCode()).as("%s", exported).isEqualTo(1);
        assertThat(exported.err()).contains("skipped  team/app-1:v1: ").contains(blob);
        assertThat(exported.out()).containsPattern("exported +29\n").containsPattern("skipped +1 ");
        images.remove("team/app-1:v1");
        referrers.remove("team/app-1:v1");
        Result loaded = load(bundle("all.tar"));
        assertThat(loaded.exitCode()).as("%s", loaded).isZero();
        assertAllArrived();
    }

    @Test
    void damagedReferrerIsNamed() throws IOException {
        SampleImage signature = signature("team/app-1:v1");
        String layer = signature.blobs().keySet().stream()
                .filter(digest -> referrers.values().stream()
                                .filter(other -> other.blobs().containsKey(digest))
                                .count()
                        == 1)
                .findFirst()
                .orElseThrow();
        Files.writeString(mirror().resolve("team/app-1/blobs/sha256/" + layer.substring(7)), "damaged");

        Result exported = export(bundle("all.tar"));

        assertThat(exported.exitCode()).as("%s", exported).isEqualTo(1);
        assertThat(exported.err()).contains("skipped  team/app-1@" + signature.digest());
        assertThat(exported.out()).containsPattern("exported +30\n").doesNotContain("the next delivery");
    }

    @Test
    void lostPlatformIsNoSparseIndex() throws IOException {
        SampleImage index = image("team/app-0:v0");
        String child = index.manifests().keySet().stream()
                .filter(digest -> !digest.equals(index.digest()))
                .findFirst()
                .orElseThrow();
        Files.delete(mirror().resolve("team/app-0/blobs/sha256/" + child.substring(7)));

        Result exported = export(bundle("all.tar"));

        assertThat(exported.exitCode()).as("%s", exported).isEqualTo(1);
        assertThat(exported.err()).contains("skipped  team/app-0:v0: ").contains(child);
    }

    @Test
    void refusedLoginKeepsEarlierBundle() throws IOException {
        try (TestRegistry here = TestRegistry.builder().start()) {
            String place = "--destination=" + here.host() + "/mirror";
            workplace.sync(source.host(), here.host() + "/mirror", "--metadata=" + folder.resolve("registry"));
            String metadata = "--metadata=" + folder.resolve("registry");
            assertThat(export(bundle("all.tar"), place, metadata).exitCode()).isZero();
            byte[] before = Files.readAllBytes(bundle("all.tar"));
            here.fault(Fault.on("GET", "/manifests/").status(401).always());

            Result refused = export(bundle("all.tar"), place, metadata);

            assertThat(refused.exitCode()).as("%s", refused).isEqualTo(3);
            assertThat(Files.readAllBytes(bundle("all.tar"))).isEqualTo(before);
        }
    }

    /** As Amazon ECR by default. */
    @Test
    void registryWithoutMountsGetsBlobsItHas() {
        try (TestRegistry there = TestRegistry.builder().mounts(false).start()) {
            String place = "--destination=" + there.host() + "/a";
            assertThat(load(exported("all.tar"), place).exitCode()).isZero();
            String before = ledgerHere().git("rev-parse", "HEAD").strip();
            offer(
                    "team/new:v1",
                    SampleImages.oci("linux/arm64", SampleImages.layer(1, 4), SampleImages.layer(5000, 1)));
            fill();

            Result loaded = load(exported("delta.tar", "--since=" + before), place);

            assertThat(loaded.exitCode()).as("%s", loaded).isZero();
            assertThat(there.manifestDigest("a/team/new", "v1"))
                    .isEqualTo(image("team/new:v1").digest());
        }
    }

    @Test
    void importIntoFolder() {
        Path file = exported("all.tar");

        Result loaded = workplace.run(
                "import",
                file.toString(),
                "--destination=oci:" + folder.resolve("there-mirror"),
                "--metadata=" + folder.resolve("other-side"));

        assertThat(loaded.exitCode()).as("%s", loaded).isZero();
        assertThat(ledgerThere().images()).hasSize(30);
        assertThat(folder.resolve("there-mirror/team/app-0/index.json")).exists();
    }
}
