package io.github.gcrsync.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.commands.Workplace;
import io.github.gcrsync.testkit.DockerRegistry;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.Program;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.TestRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Deleting from a real registry what its mirror no longer needs. */
final class PruneTest {
    private static final Path SCHEMA =
            Path.of(System.getProperty("gcrsync.root", "..")).resolve("docs/prune.schema.json");
    private static final String ALL = "--at-most=100%";
    private static final String NOW = "--after=0s";

    @TempDir
    Path folder;

    private final TestRegistry source = TestRegistry.builder().gcrListing(true).start();
    private DockerRegistry destination;
    private Workplace workplace;

    @BeforeEach
    void start() {
        destination = DockerRegistry.start(folder.resolve("registry"));
        workplace = new Workplace(folder);
    }

    @AfterEach
    void stop() {
        source.close();
        destination.close();
    }

    @Test
    void plansWithoutDeleting() {
        SampleImage old = offer("app:1", SampleImages.multiPlatform(1));
        offer("app:2", SampleImages.oci(2));
        sync();
        source.delete("ns/app", "1");

        Result plan = prune(NOW, ALL);

        assertThat(plan.exitCode()).as("%s", plan).isZero();
        assertThat(plan.out())
                .containsPattern("  delete   app:1  " + old.digest() + "  gone since \\d{4}-\\d\\d-\\d\\d\n")
                .containsPattern("1 to delete, 0 kept, 0 waiting\n\\d+ manifests, to free [0-9.]+ ")
                .contains("delete them with --apply");
        assertThat(pulls("app:1")).isTrue();
        assertThat(workplace.metadata().digests()).containsKeys("app:1", "app:2");
    }

    @Test
    void deletesWholeImageAndRecordsIt() {
        SampleImage old = offer("app:1", SampleImages.multiPlatform(1));
        SampleImage signature = SampleImages.signature(3, old);
        source.put("ns/app", signature);
        source.put("ns/app", SampleImages.cosignTag(old), SampleImages.oci(4));
        offer("app:2", SampleImages.oci(2));
        sync();
        assertThat(exists("app@" + signature.digest())).isTrue();
        source.delete("ns/app", "1");

        Result pruned = prune(NOW, ALL, "--apply");

        assertThat(pruned.exitCode()).as("%s", pruned).isZero();
        assertThat(pruned.out()).contains("  deleted  app:1  " + old.digest()).contains("1 deleted, ");
        assertThat(exists("app:1")).isFalse();
        old.manifests()
                .keySet()
                .forEach(
                        digest -> assertThat(exists("app@" + digest)).as(digest).isFalse());
        assertThat(exists("app@" + signature.digest())).isFalse();
        assertThat(exists("app:" + SampleImages.cosignTag(old))).isFalse();
        assertThat(pulls("app:2")).isTrue();
        assertThat(workplace.metadata().digests()).containsOnlyKeys("app:2");
        assertThat(workplace.metadata().images()).containsExactly("app:1", "app:2");
        Result log = run("log", "--namespace=ns", "app:1");
        assertThat(log.out()).contains("pruned").contains(old.digest());
        Result again = prune(NOW, ALL, "--apply");
        assertThat(again.exitCode()).as("%s", again).isZero();
        assertThat(again.out()).contains("0 deleted, ");

        Result back = run("copy", source.host() + "/ns/app@" + old.digest(), destination.host() + "/mirror/app:1");

        assertThat(back.exitCode()).as("%s", back).isZero();
        assertThat(pulls("app:1")).isTrue();
    }

    @Test
    void jsonMatchesItsSchema() throws Exception {
        for (int i = 0; i < 6; i++) {
            offer("app:" + i, SampleImages.oci(i));
        }
        sync();
        destination.put("mirror/app", "3", SampleImages.oci(33));
        source.delete("ns/app", "0");
        sync();
        source.delete("ns/app", "1");
        source.delete("ns/app", "3");
        var schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(Files.readString(SCHEMA));

        String plan = prune(NOW, ALL, "--format=json").out();
        String blocked = prune(NOW, "--format=json", "--apply").out();
        String applied = prune(NOW, ALL, "--format=json", "--apply", "--keep=0").out();
        String waiting = prune(ALL, "--format=json").out();

        for (String each : List.of(plan, blocked, applied, waiting)) {
            assertThat(schema.validate(each, InputFormat.JSON)).as(each).isEmpty();
        }
        assertThat(plan).contains("\"applied\":false", "\"image\":2", "\"deletes\":\"image\"", "\"staying\":1");
        assertThat(blocked).contains("\"blocked\":\"3 of 6 recorded images would be deleted");
        assertThat(applied).contains("\"applied\":true", "\"image\":1", "\"commit\":");
        assertThat(waiting).contains("\"waiting\":2", "\"next\":");
    }

    /** docker-registry deletes manifests only, with all their tags. */
    @Test
    void tagStaysIfItsManifestHasAnotherTag() {
        SampleImage both = SampleImages.oci(1);
        offer("app:1", both);
        offer("app:stable", both);
        sync();
        source.delete("ns/app", "1");

        Result pruned = prune(NOW, ALL, "--apply");

        assertThat(pruned.exitCode()).as("%s", pruned).isZero();
        assertThat(pruned.out()).contains("keep     app:1  its manifest belongs to another image too");
        assertThat(pulls("app:1")).isTrue();
        assertThat(pulls("app:stable")).isTrue();
        assertThat(workplace.metadata().digests()).containsKeys("app:1", "app:stable");

        source.delete("ns/app", "stable");
        Result both2 = prune(NOW, ALL, "--apply");

        assertThat(both2.exitCode()).as("%s", both2).isZero();
        assertThat(exists("app@" + both.digest())).isFalse();
        assertThat(workplace.metadata().digests()).isEmpty();
    }

    @Test
    void childWithItsOwnTagStays() {
        SampleImage amd64 = SampleImages.oci("linux/amd64", SampleImages.layer(1, 2));
        SampleImage arm64 = SampleImages.oci("linux/arm64", SampleImages.layer(2, 2));
        offer("app:1", SampleImages.index(amd64, arm64));
        offer("app:1-amd64", amd64);
        sync();
        source.delete("ns/app", "1");

        Result pruned = prune(NOW, ALL, "--apply");

        assertThat(pruned.exitCode()).as("%s", pruned).isZero();
        assertThat(exists("app:1")).isFalse();
        assertThat(exists("app@" + arm64.digest())).isFalse();
        assertThat(pulls("app:1-amd64")).isTrue();
    }

    @Test
    void childOfIndexLosesOnlyItsTag() {
        SampleImage amd64 = SampleImages.oci("linux/amd64", SampleImages.layer(1, 2));
        offer("app:1", SampleImages.index(amd64, SampleImages.oci("linux/arm64", SampleImages.layer(2, 2))));
        offer("app:1-amd64", amd64);
        sync();
        source.delete("ns/app", "1-amd64");

        Result pruned = prune(NOW, ALL, "--apply");

        assertThat(pruned.exitCode()).as("%s", pruned).isZero();
        assertThat(pruned.out()).contains("keep     app:1-amd64  its manifest belongs to another image too");
        assertThat(pulls("app:1")).isTrue();
    }

    @Test
    void emptySourceDeletesNothing() {
        for (int i = 0; i < 5; i++) {
            offer("app:" + i, SampleImages.oci(i));
        }
        sync();
        for (int i = 0; i < 5; i++) {
            source.delete("ns/app", "" + i);
        }

        Result pruned = prune(NOW, "--apply");

        assertThat(pruned.exitCode()).as("%s", pruned).isEqualTo(4);
        assertThat(pruned.err())
                .contains("nothing deleted: 5 of 5 recorded images would be deleted, more than --at-most 10%");
        for (int i = 0; i < 5; i++) {
            assertThat(pulls("app:" + i)).isTrue();
            offer("app:" + i, SampleImages.oci(i));
        }

        assertThat(sync().exitCode()).isZero();
        Result later = at(Duration.ofDays(20), "--apply");

        assertThat(later.exitCode()).as("%s", later).isZero();
        assertThat(later.out()).contains("0 deleted, 0 kept, 0 waiting");
    }

    /** The source is empty for an hour while an image is due. */
    @Test
    void shrunkListDeletesNothing() {
        for (int i = 0; i < 5; i++) {
            offer("app:" + i, SampleImages.oci(i));
        }
        sync();
        source.delete("ns/app", "0");
        sync();
        for (int i = 1; i < 5; i++) {
            source.delete("ns/app", "" + i);
        }
        workplace.at(Clock.fixed(Instant.now().plus(Duration.ofDays(20)), ZoneOffset.UTC));
        sync();

        Result pruned = at(Duration.ofDays(20), "--apply", "--at-most=20%");

        assertThat(pruned.exitCode()).as("%s", pruned).isEqualTo(4);
        assertThat(pruned.err()).contains("the source has lost 4 of 5 recorded images within 14d");
        assertThat(pulls("app:0")).isTrue();
    }

    @Test
    void failedListingDeletesNothing() {
        offer("app:1", SampleImages.oci(1));
        offer("other:1", SampleImages.oci(2));
        sync();
        source.delete("ns/app", "1");
        source.fault(Fault.on("GET", "/ns/other/tags/list").status(403).always());

        Result pruned = prune(NOW, ALL, "--apply");

        assertThat(pruned.exitCode()).as("%s", pruned).isEqualTo(4);
        assertThat(pruned.err())
                .contains("nothing deleted: the source could not be listed completely: other: HTTP 403");
        assertThat(pulls("app:1")).isTrue();
    }

    @Test
    void waitsTwoWeeks() {
        offer("app:1", SampleImages.oci(1));
        offer("app:2", SampleImages.oci(2));
        sync();
        source.delete("ns/app", "1");
        sync();

        Result early = at(Duration.ofDays(13), ALL, "--apply");
        Result due = at(Duration.ofDays(15), ALL, "--apply");

        assertThat(early.out()).contains("0 deleted, 0 kept, 1 waiting, the first until ");
        assertThat(due.out()).contains("1 deleted, ");
        assertThat(exists("app:1")).isFalse();
    }

    @Test
    void deletesUnselectedOnlyOnRequest() {
        offer("app:1", SampleImages.oci(1));
        offer("app:2", SampleImages.oci(2));
        sync();

        assertThat(prune(NOW, ALL, "--apply", "--exclude-tag=1").out()).contains("0 deleted, ");
        Result pruned = prune(NOW, ALL, "--apply", "--exclude-tag=1", "--when=gone,unselected");

        assertThat(pruned.exitCode()).as("%s", pruned).isZero();
        assertThat(pruned.out()).contains("unselected since ");
        assertThat(exists("app:1")).isFalse();
        assertThat(pulls("app:2")).isTrue();
    }

    @Test
    void keepsAdoptedAndNamedAndOverwrittenImages() {
        SampleImage foreign = offer("app:1", SampleImages.oci(1));
        destination.put("mirror/app", "1", foreign);
        offer("app:2", SampleImages.oci(2));
        offer("app:3", SampleImages.oci(3));
        sync();
        destination.put("mirror/app", "3", SampleImages.oci(33));
        for (int i = 1; i < 4; i++) {
            source.delete("ns/app", "" + i);
        }

        Result pruned = prune(NOW, ALL, "--apply", "--keep=app:2");

        assertThat(pruned.exitCode()).as("%s", pruned).isZero();
        assertThat(pruned.out())
                .contains("keep     app:1  gcrsync found it there and did not copy it")
                .contains("keep     app:2  a pattern of keep matches")
                .containsPattern("keep     app:3  the destination has sha256:[0-9a-f]{64} there, not what was copied")
                .contains("0 deleted, 3 kept");
        assertThat(exists("app:1")).isTrue();
        assertThat(exists("app:2")).isTrue();
        assertThat(exists("app:3")).isTrue();
    }

    @Test
    void registryWithoutDeletionIsReportedOnce() throws Exception {
        destination.close();
        destination = DockerRegistry.in(folder.resolve("other")).deletes(false).start();
        offer("app:1", SampleImages.oci(1));
        offer("lib:1", SampleImages.oci(2));
        sync();
        source.delete("ns/app", "1");
        source.delete("ns/lib", "1");

        Result pruned = prune(NOW, ALL, "--apply");

        assertThat(pruned.exitCode()).as("%s", pruned).isEqualTo(1);
        assertThat(pruned.err().lines()).singleElement().asString().contains("deletes nothing; allow it there");
        assertThat(workplace.metadata().digests()).containsKeys("app:1", "lib:1");
    }

    @Test
    void folderLosesBlobsThatNothingNames() throws Exception {
        SampleImage old = offer("app:1", SampleImages.multiPlatform(1));
        SampleImage kept = offer("app:2", SampleImages.multiPlatform(2));
        Path mirror = folder.resolve("mirror");
        workplace.sync(source.host(), "oci:" + mirror);
        source.delete("ns/app", "1");

        Result pruned = run(
                "prune",
                "--source=" + source.host(),
                "--namespace=ns",
                "--destination=oci:" + mirror,
                NOW,
                ALL,
                "--apply");

        assertThat(pruned.exitCode()).as("%s", pruned).isZero();
        assertThat(pruned.out()).contains("1 deleted, ");
        for (String blob : old.blobs().keySet()) {
            boolean shared = kept.blobs().containsKey(blob);
            assertThat(Files.exists(mirror.resolve("app/blobs/" + blob.replace(':', '/'))))
                    .as(blob)
                    .isEqualTo(shared);
        }
        Program.require("skopeo")
                .arguments("inspect", "--override-arch=amd64", "oci:" + mirror.resolve("app") + ":2")
                .run()
                .orThrow();
        Result verified =
                run("verify", "--deep", "--source=" + source.host(), "--namespace=ns", "--destination=oci:" + mirror);
        assertThat(verified.exitCode()).as("%s", verified).isZero();
    }

    /** Both images have the same name at the destination, and the registry deletes tags. */
    @Test
    void nameThatAnotherImageHasStays() {
        try (TestRegistry registry = TestRegistry.start()) {
            SampleImage image = SampleImages.oci(1);
            source.put("ns/old/app", "1", image);
            String[] flags = {
                "--source=" + source.host(),
                "--namespace=ns",
                "--destination=" + registry.host(),
                "--name-template=mirror/{repository.last}:{tag}"
            };
            assertThat(run(with("sync", flags)).exitCode()).isZero();
            source.delete("ns/old/app", "1");
            source.put("ns/new/app", "1", image);
            assertThat(run(with("sync", flags)).exitCode()).isZero();

            Result pruned = run(with("prune", flags, NOW, ALL, "--apply"));

            assertThat(pruned.exitCode()).as("%s", pruned).isZero();
            assertThat(pruned.out()).contains("keep     old/app:1  new/app:1 has the same name at the destination");
            assertThat(registry.manifestDigest("mirror/app", "1")).isEqualTo(image.digest());
        }
    }

    @Test
    void damagedLedgerOfAnotherMirrorBlocks() throws Exception {
        offer("app:1", SampleImages.oci(1));
        offer("app:2", SampleImages.oci(2));
        sync();
        source.delete("ns/app", "1");
        Path other = folder.resolve("metadata/other/ImageDigests");
        Files.createDirectories(other.getParent());
        Files.writeString(other, "# gcrsync ImageDigests 2\n<<<<<<< HEAD\n");
        workplace.metadata().commitAll("damage");

        Result pruned = prune(NOW, ALL, "--apply");

        assertThat(pruned.exitCode()).as("%s", pruned).isEqualTo(4);
        assertThat(pruned.err()).contains("nothing deleted: the ledger of other cannot be read");
        assertThat(exists("app:1")).isTrue();
    }

    private static String[] with(String command, String[] flags, String... more) {
        List<String> all = new ArrayList<>(List.of(command));
        all.addAll(List.of(flags));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    private SampleImage offer(String image, SampleImage content) {
        String[] parts = image.split(":");
        source.put("ns/" + parts[0], parts[1], content);
        return content;
    }

    private Result sync() {
        return workplace.sync(source.host(), destination.host() + "/mirror");
    }

    private Result prune(String... flags) {
        List<String> all = new ArrayList<>(List.of(flags));
        all.addFirst("prune");
        all.addAll(List.of(
                "--source=" + source.host(), "--namespace=ns", "--destination=" + destination.host() + "/mirror"));
        return run(all.toArray(String[]::new));
    }

    private Result at(Duration later, String... flags) {
        workplace.at(Clock.fixed(Instant.now().plus(later), ZoneOffset.UTC));
        return prune(flags);
    }

    private Result run(String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        if (!words[0].equals("copy")) {
            all.add("--metadata=" + folder.resolve("metadata"));
        }
        return workplace.run(all.toArray(String[]::new));
    }

    private boolean exists(String image) {
        return Program.require("skopeo")
                        .arguments(
                                "inspect",
                                "--raw",
                                "--tls-verify=false",
                                "docker://" + destination.host() + "/mirror/" + image)
                        .run()
                        .exitCode()
                == 0;
    }

    private boolean pulls(String image) {
        Path to = folder.resolve("pulled-" + image.replace(':', '-') + System.nanoTime());
        return Program.require("skopeo")
                        .arguments(
                                "copy",
                                "--all",
                                "--src-tls-verify=false",
                                "docker://" + destination.host() + "/mirror/" + image,
                                "oci:" + to)
                        .run()
                        .exitCode()
                == 0;
    }
}
