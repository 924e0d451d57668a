package io.github.gcrsync.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.gcrsync.cli.Hurry;
import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.commands.ChildCommand;
import io.github.gcrsync.commands.OnStage;
import io.github.gcrsync.testkit.Program;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.SampleLayer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Limits of the local machine. */
final class LocalTest extends OnStage {
    @Test
    void recoversFromFullDiskOfFolder() throws Exception {
        offer(12);
        try (Disk disk = Disk.of("size=96k", folder.resolve("disk"))) {
            String destination = "--destination=oci:" + disk.path().resolve("mirror");

            Result result = stage.run("sync", destination, "--processlimit=1");

            assertThat(result.exitCode()).as("%s", result).isEqualTo(3);
            assertThat(result.out())
                    .containsPattern("(?m)^  failed +1$")
                    .contains("gave up: the destination accepts no more data: cannot ", "No space left on device");
            int recorded = stage.metadata().digests().size();
            assertThat(recorded).isBetween(1, 11);
            // Everything recorded exists and is complete.
            Result compared = compare(destination);
            assertThat(compared.out()).containsPattern("(?m)^  same +" + recorded + "$");
            assertNoLeftovers(disk.path());

            disk.remount("size=10m");
            assertThat(stage.run("sync", destination).exitCode()).isZero();
            assertThat(compare(destination).exitCode()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"8k", "24k", "40k"})
    void recoversFromFullDiskOfMetadata(String size) throws Exception {
        offer(8);
        try (Disk disk = Disk.of("size=" + size, folder.resolve("disk"))) {
            Path metadata = disk.path().resolve("metadata");

            Result result = stage.run("sync", "--metadata=" + metadata);

            assertThat(result.exitCode()).as("%s", result).isIn(1, 3);
            assertThat(result.out() + result.err()).containsPattern("No space left on device|check the disk");
            assertThat(result.err()).doesNotContain("\tat ");

            disk.remount("size=10m");
            stage.source().log().clear();
            Result next = stage.run("sync", "--metadata=" + metadata);
            assertThat(next.exitCode()).as("%s", next).isZero();
            if (result.exitCode() == 1) {
                assertThat(stage.source().log().count("GET", "/blobs/")).isZero();
            }
            io.github.gcrsync.commands.MetadataFiles files = new io.github.gcrsync.commands.MetadataFiles(metadata);
            assertThat(files.digests()).hasSize(8);
            files.assertSound();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"destination", "metadata"})
    void reportsReadOnlyFolder(String what) throws Exception {
        offer(3);
        try (Disk disk = Disk.of("ro", folder.resolve("disk"))) {
            String flag = what.equals("metadata") ? "--metadata=" : "--destination=oci:";

            Result result = stage.run("sync", flag + disk.path().resolve("mirror"), "--processlimit=1");

            assertThat(result.exitCode()).as("%s", result).isEqualTo(3);
            assertThat(result.out() + result.err())
                    .contains("Read-only file system", disk.path().toString())
                    .doesNotContain("\tat ", "Exception");
        }
    }

    @Test
    void runsTwoSyncsAtSameTime() throws Exception {
        offer(12);
        String[] flags = {"--destination=oci:" + folder.resolve("mirror"), "--checkpoint=1"};
        try (ChildCommand one = stage.start(folder, "sync", flags);
                ChildCommand other = stage.start(folder, "sync", flags)) {
            for (Result result : List.of(one.await(), other.await())) {
                assertThat(result.exitCode()).as("%s", result).isZero();
            }
        }
        assertThat(stage.metadata().digests()).hasSize(12);
        assertThat(stage.metadata().git("status", "--porcelain")).isEmpty();
        assertThat(compare(flags[0]).exitCode()).isZero();
        stage.metadata().assertSound();
    }

    @Test
    void toleratesClockThatGoesBackwards() {
        stage.offer("a:1", 1);
        stage.at(Clock.fixed(Instant.parse("2026-05-01T10:00:00Z"), ZoneOffset.UTC));
        assertThat(stage.run("sync").exitCode()).isZero();
        SampleImage moved = stage.offer("a:1", 2);
        stage.offer("b:1", 3);

        stage.at(Clock.fixed(Instant.parse("2020-01-01T00:00:00Z"), ZoneOffset.UTC));
        Result result = stage.run("sync");

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(stage.metadata().digests())
                .containsEntry("a:1", moved.digest())
                .containsKey("b:1");
        assertThat(stage.run("sync").out()).containsPattern("up to date +2");
        assertThat(compare("--debug=false").exitCode()).isZero();
        stage.metadata().assertSound();
    }

    @ParameterizedTest
    @ValueSource(strings = {"registry", "folder"})
    void runsWith64OpenFiles(String destination) throws Exception {
        offer(40);
        List<String> limited = new ArrayList<>(List.of("sh", "-c", "ulimit -n 64 && exec \"$@\"", "sh"));
        limited.addAll(InstalledProgram.in(folder.resolve("program")).command(Hurry.NONE));
        List<String> arguments = destination.equals("folder")
                ? stage.arguments("sync", "--destination=oci:" + folder.resolve("mirror"))
                : stage.arguments("sync");
        try (ChildCommand run = ChildCommand.start(folder, stage.environment(), limited, arguments)) {
            Result result = run.await();
            assertThat(result.exitCode()).as("%s", result).isZero();
            assertThat(result.err()).contains("gcrsync: the limit of open files is low (ulimit -n): ");
        }
        assertThat(stage.metadata().digests()).hasSize(40);
        assertThat(stage.source().log().maxInFlight()).isLessThanOrEqualTo(16);
    }

    @Test
    void runsIn128MebibytesOfHeap() throws Exception {
        for (int i = 0; i < 8; i++) {
            SampleLayer large = SampleImages.bigLayer(i, 24 << 20);
            stage.source().put("ns/large", "v" + i, SampleImages.oci("linux/amd64", large, SampleImages.layer(i, 2)));
        }
        stage.source().createRepository("ns/many");
        stage.source()
                .fault(io.github.gcrsync.testkit.Fault.on("GET", "^/v2/ns/many/tags/list$")
                        .status(200, manyTags(100_000))
                        .always());
        List<String> small = new ArrayList<>(ChildCommand.jvmOptions());
        small.remove("-Xmx256m");
        small.addAll(List.of("-Xmx128m", "-cp", System.getProperty("java.class.path"), "io.github.gcrsync.cli.Main"));
        try (ChildCommand run = ChildCommand.start(
                folder,
                stage.environment(),
                small,
                stage.arguments(
                        "sync", "--exclude-repository=many", "--destination=oci:" + folder.resolve("mirror")))) {
            Result result = run.await();
            assertThat(result.exitCode()).as("%s", result).isZero();
            assertThat(result.out()).contains("100000");
        }
        assertThat(stage.metadata().digests()).hasSize(8);
    }

    /** What is in flight to several destinations does not depend on the size of blobs. */
    @Test
    void fillsTwoDestinationsIn64MebibytesOfHeap() throws Exception {
        for (int i = 0; i < 4; i++) {
            SampleLayer large = SampleImages.bigLayer(i, 48 << 20);
            stage.source().put("ns/large", "v" + i, SampleImages.oci("linux/amd64", large));
        }
        List<String> small = new ArrayList<>(ChildCommand.jvmOptions());
        small.remove("-Xmx256m");
        small.addAll(List.of("-Xmx64m", "-cp", System.getProperty("java.class.path"), "io.github.gcrsync.cli.Main"));
        try (ChildCommand run = ChildCommand.start(
                folder,
                stage.environment(),
                small,
                stage.arguments(
                        "sync",
                        "--destination=oci:" + folder.resolve("one"),
                        "--destination=oci:" + folder.resolve("two")))) {
            Result result = run.await();
            assertThat(result.exitCode()).as("%s", result).isZero();
        }
        assertThat(stage.metadata().digests()).hasSize(4);
    }

    private static String manyTags(int count) {
        StringBuilder listing = new StringBuilder("{\"child\":[],\"tags\":[],\"manifest\":{");
        for (int i = 0; i < count; i++) {
            listing.append(i == 0 ? "" : ",")
                    .append("\"%s\":{\"tag\":[\"v%d\"]}".formatted("sha256:%064x".formatted(i), i));
        }
        return listing.append("}}").toString();
    }

    private Result compare(String flag) {
        return stage.run("compare", flag, "--output=" + folder.resolve("same.json"));
    }

    private void offer(int images) {
        for (int i = 0; i < images; i++) {
            stage.offer("r" + i % 5 + ":" + i, i);
        }
    }

    private static void assertNoLeftovers(Path disk) throws Exception {
        try (Stream<Path> files = Files.walk(disk)) {
            assertThat(files).noneMatch(file -> file.getFileName().toString().startsWith(".gcrsync-tmp-"));
        }
    }

    /** A separate file system in memory, which needs root; otherwise the test is skipped. */
    record Disk(Path path) implements AutoCloseable {
        static Disk of(String options, Path path) throws Exception {
            Files.createDirectory(path);
            assumeTrue(
                    Program.require("mount")
                                    .arguments("-t", "tmpfs", "-o", options, "tmpfs", path.toString())
                                    .run()
                                    .exitCode()
                            == 0,
                    "only root can make a small disk");
            return new Disk(path);
        }

        void remount(String options) {
            Program.require("mount")
                    .arguments("-o", "remount," + options, path.toString())
                    .run()
                    .orThrow();
        }

        @Override
        public void close() {
            Program.require("umount").arguments("-l", path.toString()).run().orThrow();
        }
    }
}
