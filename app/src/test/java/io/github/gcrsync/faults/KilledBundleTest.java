package io.github.gcrsync.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess;
import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.commands.ChildCommand;
import io.github.gcrsync.commands.MetadataFiles;
import io.github.gcrsync.commands.OnStage;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.SampleLayer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An export or an import that is killed or stopped. */
final class KilledBundleTest extends OnStage {
    private static final int POINTS = 10;

    private final Map<String, SampleImage> images = new LinkedHashMap<>();
    private final CountDownLatch open = new CountDownLatch(1);

    @AfterEach
    void stop() {
        open.countDown();
    }

    @Test
    void killedExportLeavesNoDamagedFile() throws Exception {
        mirror(8);
        Path out = Files.createDirectory(folder.resolve("out"));
        Path file = out.resolve("all.tar");
        Path whole = folder.resolve("whole.tar");
        assertThat(stage.run("export", whole.toString()).exitCode()).isZero();
        assertImportable(List.of(whole), "whole");
        Random random = new Random(1);
        stage.destination().fault(Fault.on("GET", "/blobs/").throttle(200_000).always());
        int killed = 0;
        for (int i = 0; i < POINTS; i++) {
            String[] flags = {file.toString(), i % 3 == 2 ? "--max-size=40KiB" : "--quiet"};
            int reads = 1 + random.nextInt(16);
            stage.destination().log().clear();
            try (ChildCommand run = stage.start(folder, "export", flags)) {
                run.killOnce(() -> stage.destination().log().count("GET", "/blobs/") >= reads);
            }
            killed += leftovers(out) > 0 ? 1 : 0;
            List<Path> files = tars(out);
            if (i > 0) {
                assertThat(files).contains(file);
            }
            if (Files.exists(file)) {
                assertThat(Files.mismatch(file, whole)).isEqualTo(-1);
            }
            List<Path> parts = files.stream()
                    .filter(each -> each.toString().contains("-of-"))
                    .toList();
            if (!parts.isEmpty()) {
                assertImportable(parts, "killed-parts-" + i);
                for (Path part : parts) {
                    Files.delete(part);
                }
            }
            stage.destination().clearFaults();
            Result next = stage.run("export", file.toString());
            assertThat(next.exitCode()).as("%s", next).isZero();
            assertThat(leftovers(out)).isZero();
            assertThat(Files.mismatch(file, whole)).isEqualTo(-1);
            stage.destination()
                    .fault(Fault.on("GET", "/blobs/").throttle(200_000).always());
        }
        assertThat(killed).isGreaterThan(POINTS / 2);
        stage.metadata().assertSound();
    }

    @Test
    void killedImportIsFinishedByTheNext() throws Exception {
        mirror(8);
        Path file = folder.resolve("all.tar");
        assertThat(stage.run("export", file.toString()).exitCode()).isZero();
        Random random = new Random(2);
        for (int i = 0; i < POINTS; i++) {
            String to = "killed-" + i;
            String[] flags = importing(List.of(file), to);
            int written = 1 + random.nextInt(30);
            try (ChildCommand run = start(flags)) {
                run.killOnce(() -> stage.destination().log().count("PUT", "/v2/" + to + "/") >= written);
            }

            assertArrives(flags, to);
        }
    }

    @ParameterizedTest
    @CsvSource({"TERM, 143", "INT, 130"})
    void stoppedExportKeepsTheFile(String signal, int exitCode) throws Exception {
        mirror(2);
        Path out = Files.createDirectory(folder.resolve("out"));
        Path file = out.resolve("all.tar");
        assertThat(stage.run("export", file.toString()).exitCode()).isZero();
        byte[] before = Files.readAllBytes(file);
        SampleLayer endless = layer("r1:1");
        stage.destination().fault(Fault.on("GET", "/blobs/" + endless.digest()).delayUntil(open));
        stage.destination().log().clear();
        try (ChildCommand run = stage.start(folder, "export", file.toString(), "--httptimeout=5m")) {
            run.until(
                    "the blob that does not end",
                    () -> stage.destination().log().count("GET", "/blobs/" + endless.digest()) > 0);
            long asked = System.nanoTime();
            run.signal(signal);
            Result stopped = run.await();

            assertThat(stopped.exitCode()).as("%s", stopped).isEqualTo(exitCode);
            assertThat(System.nanoTime() - asked).isLessThan(9_000_000_000L);
            assertThat(stopped.err()).contains("an existing file is kept").doesNotContain("Exception", "\tat ");
        }
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
        assertThat(leftovers(out)).isZero();
    }

    @ParameterizedTest
    @CsvSource({"TERM, 143", "INT, 130"})
    void stoppedImportIsFinishedByTheNext(String signal, int exitCode) throws Exception {
        mirror(4);
        Path file = folder.resolve("all.tar");
        assertThat(stage.run("export", file.toString()).exitCode()).isZero();
        stage.destination()
                .fault(Fault.on("PUT", "/v2/stopped/.*/manifests/")
                        .skip(1)
                        .delayUntil(open)
                        .always());
        String[] flags = importing(List.of(file), "stopped");
        try (ChildCommand run = start(flags)) {
            run.until("a manifest", () -> stage.destination().log().count("PUT", "/v2/stopped/.*/manifests/") > 1);
            run.signal(signal);
            open.countDown();
            Result stopped = run.await();

            assertThat(stopped.exitCode()).as("%s", stopped).isEqualTo(exitCode);
            assertThat(stopped.err()).doesNotContain("Exception", "\tat ");
        }
        stage.destination().clearFaults();
        assertArrives(flags, "stopped");
    }

    @Test
    void fullDiskKeepsTheFile() throws Exception {
        mirror(4);
        try (LocalTest.Disk disk = LocalTest.Disk.of("size=10m", folder.resolve("disk"))) {
            Path file = disk.path().resolve("all.tar");
            assertThat(stage.run("export", file.toString(), "--max-size=20KiB").exitCode())
                    .isZero();
            List<Path> before = tars(disk.path());
            long bytes = 0;
            for (Path part : before) {
                bytes += Files.size(part);
            }
            assertThat(before).hasSizeGreaterThan(2);
            disk.remount("size=" + (bytes + bytes / 2) / 1024 + "k");

            Result full = stage.run("export", file.toString(), "--max-size=20KiB");

            assertThat(full.exitCode()).as("%s", full).isEqualTo(3);
            assertThat(full.err())
                    .contains("cannot write " + file, "No space left on device")
                    .doesNotContain("Exception", "\tat ");
            assertThat(leftovers(disk.path())).isZero();
            assertThat(tars(disk.path())).isEqualTo(before);
            assertImportable(before, "kept");
        }
    }

    /** Mirrors images with layers of their own and with a shared one. */
    private void mirror(int count) {
        for (int i = 0; i < count; i++) {
            SampleImage image =
                    SampleImages.oci("linux/amd64", SampleImages.layer(100, 1), layer("r" + i % 3 + ":" + i));
            stage.source().put("ns/r" + i % 3, String.valueOf(i), image);
            images.put("r" + i % 3 + ":" + i, image);
        }
        assertThat(stage.run("sync").exitCode()).isZero();
    }

    private static SampleLayer layer(String name) {
        return SampleImages.layer(name.hashCode(), 2);
    }

    private String[] importing(List<Path> files, String to) {
        List<String> arguments = new ArrayList<>(List.of("import"));
        files.forEach(file -> arguments.add(file.toString()));
        arguments.add("--destination=" + stage.destination().host() + "/" + to);
        arguments.add("--metadata=" + folder.resolve("ledger-" + to));
        arguments.add("--checkpoint=1");
        arguments.add("--processlimit=2");
        return arguments.toArray(String[]::new);
    }

    private ChildCommand start(String... arguments) {
        return ChildCommand.start(folder, stage.environment(), List.of(arguments));
    }

    private void assertImportable(List<Path> files, String to) {
        assertArrives(importing(files, to), to);
    }

    private void assertArrives(String[] flags, String to) {
        Result result = InProcess.run(stage.environment(), List.of(flags));
        assertThat(result.exitCode()).as("%s", result).isZero();
        MetadataFiles ledger = new MetadataFiles(folder.resolve("ledger-" + to));
        Map<String, String> digests = new LinkedHashMap<>();
        images.forEach((name, image) -> {
            digests.put(name, image.digest());
            String[] parts = name.split(":");
            String repository = to + "/" + parts[0];
            assertThat(stage.destination().manifestDigest(repository, parts[1])).isEqualTo(image.digest());
            image.blobs()
                    .keySet()
                    .forEach(blob -> assertThat(stage.destination().hasBlob(repository, blob))
                            .as(blob)
                            .isTrue());
        });
        assertThat(ledger.digests()).containsExactlyInAnyOrderEntriesOf(digests);
        ledger.assertSound();
    }

    private static List<Path> tars(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(file -> file.toString().endsWith(".tar")).sorted().toList();
        }
    }

    private static long leftovers(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(file -> file.getFileName().toString().startsWith(".gcrsync-tmp-"))
                    .count();
        }
    }
}
