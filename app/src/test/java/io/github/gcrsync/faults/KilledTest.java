package io.github.gcrsync.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.commands.ChildCommand;
import io.github.gcrsync.commands.MetadataFiles;
import io.github.gcrsync.commands.OnStage;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.GitHttpServer;
import io.github.gcrsync.testkit.Program;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.SampleLayer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A process that is killed or stopped during a copy. */
final class KilledTest extends OnStage {
    private static final Pattern SYNCED = Pattern.compile("(?:fsync|fdatasync)\\(\\d+<([^>]+)>");
    private static final Pattern RENAMED =
            Pattern.compile("rename[a-z0-9]*\\((?:AT_FDCWD[^,]*, )?\"([^\"]+)\", .*\\) = 0");

    /** Git's own settings and markers, which JGit writes once; losing one has no effect. */
    private static final Pattern OF_NO_ACCOUNT = Pattern.compile("/\\.git/(config|HEAD|FETCH_HEAD)\\.lock$");

    private final CountDownLatch open = new CountDownLatch(1);

    @AfterEach
    void stop() {
        open.countDown();
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 7, 14, 22, 30})
    void leavesNoPartialFilesInFolderAndNextRunFinishes(int files) throws Exception {
        Path mirror = folder.resolve("mirror");
        offer(6);
        String[] flags = {"--destination=oci:" + mirror, "--checkpoint=1", "--processlimit=2"};
        try (ChildCommand run = stage.start(folder, "sync", flags)) {
            run.killOnce(() -> files(mirror).size() >= files);
        }
        assertBlobsAreWhole(mirror);

        Result next = stage.run("sync", flags);

        assertThat(next.exitCode()).as("%s", next).isZero();
        assertBlobsAreWhole(mirror);
        assertThat(files(mirror))
                .noneMatch(file -> file.getFileName().toString().startsWith(".gcrsync-tmp-"));
        assertThat(stage.metadata().digests()).hasSize(6);
        assertThat(compare(flags[0]).exitCode()).isZero();
        stage.metadata().assertSound();
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4, 7, 12, 14, 20, 24, 28, 32, 36, 40})
    void recoversWorkingCopyFromStaleLocksAndPartialFiles(int files) throws Exception {
        Path metadata = folder.resolve("metadata");
        offer(4);
        try (ChildCommand run = stage.start(folder, "sync", "--checkpoint=1", "--processlimit=1")) {
            run.killOnce(() -> files(metadata).size() >= files);
        }

        Result next = stage.run("sync");

        assertThat(next.exitCode()).as("%s", next).isZero();
        assertThat(stage.metadata().digests()).hasSize(4);
        assertThat(stage.metadata().git("status", "--porcelain")).isEmpty();
        assertThat(files(metadata))
                .noneMatch(file -> file.toString().endsWith(".lock") && !file.endsWith("gcrsync.lock"));
        stage.metadata().assertSound();
    }

    @Test
    void doesNotResendConfirmedBlobs() throws Exception {
        SampleLayer there = SampleImages.layer(1, 2);
        SampleLayer late = SampleImages.layer(2, 40);
        SampleImage image = SampleImages.oci("linux/amd64", there, late);
        stage.source().put("ns/a", "1", image);
        stage.source().fault(Fault.on("GET", "/blobs/" + late.digest()).delayUntil(open));
        try (ChildCommand run = stage.start(folder, "sync")) {
            run.until("the first layer", () -> stage.destination().hasBlob("mirror/a", there.digest()));
            run.kill();
        }
        stage.source().clearFaults();
        open.countDown();
        stage.source().log().clear();
        stage.destination().log().clear();

        Result next = stage.run("sync");

        assertThat(next.exitCode()).as("%s", next).isZero();
        assertThat(stage.source().log().count("GET", "/blobs/" + there.digest()))
                .isZero();
        assertThat(stage.destination().log().exchanges())
                .filteredOn(exchange -> exchange.method().equals("PUT"))
                .noneMatch(exchange -> exchange.query().contains(there.digest().substring("sha256:".length())));
        assertThat(stage.mirrored("a:1")).isEqualTo(image.digest());
    }

    @Test
    void pushesUnpushedCommitInNextRun() throws Exception {
        Path remotes = Files.createDirectory(folder.resolve("remotes"));
        MetadataFiles remote = MetadataFiles.bare(remotes.resolve("m.git"));
        offer(2);
        try (GitHttpServer git = GitHttpServer.serve(remotes)) {
            git.fault(Fault.on("POST", "git-receive-pack$").delayUntil(open));
            String metadata = "--metadata=" + git.url("m.git");
            try (ChildCommand run = stage.start(folder, "sync", metadata)) {
                run.until("the push", () -> git.log().count("POST", "git-receive-pack$") > 0);
                run.kill();
            }
            assertThat(remote.git("for-each-ref")).isEmpty();
            stage.source().log().clear();

            Result next = stage.run("sync", metadata);

            assertThat(next.exitCode()).as("%s", next).isZero();
            assertThat(remote.digests()).hasSize(2);
            assertThat(stage.source().log().count("GET", "/blobs/")).isZero();
            remote.assertSound();
        }
    }

    @Test
    void flushesFilesBeforeRename() throws Exception {
        assumeTrue(
                Program.require("strace")
                                .arguments("-o", "/dev/null", "true")
                                .run()
                                .exitCode()
                        == 0,
                "nothing may be traced here");
        offer(2);
        Path metadata = Files.createDirectory(folder.resolve("metadata-there"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), metadata);
        Path calls = folder.resolve("calls");
        List<String> traced = new ArrayList<>(List.of(
                "strace", "-f", "-y", "-qq", "-s", "4096", "-o", calls.toString(), "-e", "trace=/rename,/f.*sync"));
        traced.addAll(ChildCommand.java("io.github.gcrsync.cli.Main"));
        Path mirror = folder.resolve("mirror");
        try (ChildCommand run = ChildCommand.start(
                folder,
                stage.environment(),
                traced,
                stage.arguments(
                        "sync",
                        "--destination=oci:" + mirror,
                        "--metadata=" + link,
                        "--report=" + folder.resolve("run.html")))) {
            Result result = run.await();
            assertThat(result.exitCode()).as("%s", result).isZero();
        }
        Set<String> synced = new HashSet<>();
        List<String> unflushed = new ArrayList<>();
        int renamed = 0;
        for (String line : Files.readAllLines(calls)) {
            Matcher sync = SYNCED.matcher(line);
            Matcher rename = RENAMED.matcher(line);
            if (sync.find()) {
                synced.add(sync.group(1));
            } else if (rename.find() && !OF_NO_ACCOUNT.matcher(rename.group(1)).find()) {
                renamed++;
                if (!synced.remove(rename.group(1).replace(link.toString(), metadata.toString()))) {
                    unflushed.add(line);
                }
            }
        }
        assertThat(unflushed).isEmpty();
        assertThat(renamed).isGreaterThan(10);
    }

    @ParameterizedTest
    @CsvSource({"TERM, 143", "INT, 130"})
    void abortsSlowBlobsAndRecordsFinishedImages(String signal, int exitCode) throws Exception {
        SampleLayer endless = SampleImages.layer(7, 2);
        stage.offer("a:1", 1);
        stage.source().put("ns/b", "1", SampleImages.oci("linux/amd64", endless));
        stage.source().fault(Fault.on("GET", "/blobs/" + endless.digest()).delayUntil(open));
        try (ChildCommand run = stage.start(folder, "sync", "--httptimeout=5m")) {
            run.until(
                    "the blob that does not end",
                    () -> stage.source().log().count("GET", "/blobs/" + endless.digest()) > 0
                            && run.err().contains("copied   a:1"));
            run.signal(signal);
            Result stopped = run.await();

            assertThat(stopped.exitCode()).as("%s", stopped).isEqualTo(exitCode);
            assertThat(stopped.out()).containsPattern("copied +1 ").containsPattern("not finished +1 ");
        }
        assertThat(stage.metadata().images()).containsExactly("a:1");
        stage.metadata().assertSound();
    }

    private Result compare(String flag) {
        return stage.run("compare", flag, "--output=" + folder.resolve("same.json"));
    }

    private void offer(int images) {
        for (int i = 0; i < images; i++) {
            stage.offer("r" + i % 3 + ":" + i, i);
        }
    }

    private static List<Path> files(Path under) {
        try (Stream<Path> all = Files.walk(under)) {
            return all.filter(Files::isRegularFile).toList();
        } catch (IOException | UncheckedIOException e) {
            return List.of(); // Missing or being changed.
        }
    }

    private static void assertBlobsAreWhole(Path mirror) throws IOException {
        for (Path file : files(mirror)) {
            if (file.toString().contains("/blobs/sha256/")) {
                assertThat(Held.digest(Files.readAllBytes(file))).isEqualTo("sha256:" + file.getFileName());
            }
        }
    }
}
