package io.github.gcrsync.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.GitHttpServer;
import io.github.gcrsync.testkit.SampleImage;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Checkpoints during a run: commits only move forward, and a crash loses little. */
final class CheckpointTest extends OnStage {
    @Test
    void commitsAndPushesEveryCheckpointInOneEntry() {
        MetadataFiles remote = MetadataFiles.bare(folder.resolve("served/metadata.git"));
        for (int tag = 1; tag <= 5; tag++) {
            stage.offer("a:" + tag, tag);
        }
        stage.offer("b:1", 9);
        try (GitHttpServer git = GitHttpServer.serve(folder.resolve("served"))) {
            String metadata = "--metadata=" + git.url("metadata.git");
            assertThat(stage.run("sync", metadata, "--exclude-repository=a").exitCode())
                    .isZero();
            String before = remote.commits().getFirst();
            String readmeBefore = remote.readme();
            git.log().clear();

            Result result = stage.run("sync", metadata, "--checkpoint=2", "--processlimit=1");

            assertThat(result.exitCode()).as("%s", result).isZero();
            assertThat(git.log().count("POST", "git-receive-pack$"))
                    .as("pushes")
                    .isEqualTo(3);
            List<String> commits = remote.commits();
            assertThat(commits).hasSize(4).endsWith(before);
            assertThat(remote.git("rev-list", "--merges", "HEAD")).isEmpty();
            for (int i = 0; i < 3; i++) {
                String readme = remote.file(commits.get(i), "README.md");
                int images = List.of(5, 4, 2).get(i);
                assertThat(readme).containsPattern("^### \\S+ \\S+ Update\\(num: " + images + "\\):\n\n");
                assertThat(readme.lines().filter(line -> line.startsWith("- [")))
                        .hasSize(images + 1);
                assertThat(readme).endsWith("\n" + readmeBefore);
                assertThat(readme.split("### ", -1))
                        .as("one entry for each run")
                        .hasSize(3);
            }
            assertThat(heading(remote, commits.get(0))).isEqualTo(heading(remote, commits.get(2)));
            remote.assertSound();
        }
    }

    @Test
    void commitsOverdueCheckpointWithNextImage() throws Exception {
        MetadataFiles remote = MetadataFiles.bare(folder.resolve("served/metadata.git"));
        for (int tag = 1; tag <= 6; tag++) {
            stage.offer("a:" + tag, tag);
        }
        try (GitHttpServer git = GitHttpServer.serve(folder.resolve("served"))) {
            CountDownLatch push = new CountDownLatch(1);
            git.fault(Fault.on("POST", "git-receive-pack$").delayUntil(push));
            CountDownLatch fifth = hold(5);
            CountDownLatch sixth = hold(6);
            String[] flags = {"--metadata=" + git.url("metadata.git"), "--checkpoint=2", "--processlimit=2"};

            CompletableFuture<Result> run = CompletableFuture.supplyAsync(() -> stage.run("sync", flags));
            // One thread saves the first two images; the other has copied two more by the time it comes to the fifth.
            Waiting.until("the fifth image", () -> isPut(5));
            push.countDown();
            Waiting.until("the end of the first checkpoint", () -> isPut(6));
            fifth.countDown();

            Waiting.until("a second checkpoint", () -> remote.digests().size() == 5);
            sixth.countDown();
            assertThat(run.get(1, TimeUnit.MINUTES).exitCode()).isZero();
            assertThat(remote.digests()).hasSize(6);
        }
    }

    private CountDownLatch hold(int tag) {
        CountDownLatch until = new CountDownLatch(1);
        stage.destination()
                .fault(Fault.on("PUT", "/v2/mirror/a/manifests/" + tag + "$").delayUntil(until));
        return until;
    }

    private boolean isPut(int tag) {
        return stage.destination().log().count("PUT", "/v2/mirror/a/manifests/" + tag + "$") == 1;
    }

    @Test
    void losesOnlyImagesSinceLastCheckpointWhenKilled() throws Exception {
        MetadataFiles remote = MetadataFiles.bare(folder.resolve("metadata.git"));
        String[] flags = {"--metadata=" + remote.path(), "--checkpoint=2", "--processlimit=1"};
        List<SampleImage> images = List.of(1, 2, 3, 4, 5, 6).stream()
                .map(tag -> stage.offer("a:" + tag, tag))
                .toList();
        CountDownLatch never = new CountDownLatch(1);
        String fourth = "/v2/ns/a/manifests/" + images.get(3).digest();
        stage.source().fault(Fault.on("GET", fourth).delayUntil(never));

        try (ChildCommand run = stage.start(folder.resolve("here"), "sync", flags)) {
            run.until("the fourth image", () -> stage.source().log().count("GET", fourth) == 1);
            run.kill();
        }

        assertThat(stage.destination().tags("mirror/a")).containsExactly("1", "2", "3");
        assertThat(remote.digests()).containsOnlyKeys("a:1", "a:2");
        String readme = remote.readme();
        never.countDown();
        stage.source().log().clear();

        Result result = stage.run("sync", flags);

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(result.out())
                .containsPattern("copied +3 ")
                .containsPattern("up to date +2\n")
                .containsPattern("already there +1 ");
        assertThat(stage.source().log().count("GET", "/manifests/"))
                .as("three to copy, and the adopted one, whose referrers are looked at")
                .isEqualTo(4);
        assertThat(remote.digests()).hasSize(6);
        for (int tag = 1; tag <= 6; tag++) {
            assertThat(remote.digests())
                    .containsEntry("a:" + tag, images.get(tag - 1).digest());
        }
        assertThat(remote.readme()).endsWith(readme).contains("Update(num: 4)");
        remote.assertSound();
    }

    private static String heading(MetadataFiles metadata, String commit) {
        return metadata.file(commit, "README.md").replaceAll("(?s) Update.*", "");
    }
}
