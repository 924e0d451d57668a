package io.github.gcrsync.git;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.ledger.Child;
import io.github.gcrsync.ledger.ImageList;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes record to one repository at the same time: nothing is lost, and git fsck passes. */
class RaceTest {
    private static final String ROUNDS = "0123456789abcdefghij";

    @TempDir
    Path temp;

    private record Runner(Process process, BufferedReader says, OutputStream told) {
        static Runner start(Path location, Path state, String name) throws Exception {
            Process process =
                    Child.start(LedgerProcess.class, Map.of(), "-Xmx128m", location.toString(), state.toString(), name);
            return new Runner(
                    process,
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)),
                    process.getOutputStream());
        }

        void tell(char tag) throws Exception {
            told.write(tag);
            told.flush();
        }

        void expect(String start) throws Exception {
            String line = says.readLine();
            assertThat(line).startsWith(start);
        }

        void end() throws Exception {
            told.close();
            String rest = String.join("\n", says.lines().toList());
            assertThat(process.waitFor()).as(rest).isZero();
        }
    }

    @Test
    void mergesTwoMachinesOnBareRepository() throws Exception {
        Path bare = Git.bare(temp.resolve("metadata.git"));
        race(bare, temp.resolve("machine-1"), temp.resolve("machine-2"));
        assertNothingLost(new Git(bare));
    }

    @Test
    void mergesTwoRunsOnBareRepository() throws Exception {
        Path bare = Git.bare(temp.resolve("metadata.git"));
        race(bare, temp.resolve("state"), temp.resolve("state"));
        assertNothingLost(new Git(bare));
    }

    @Test
    void mergesTwoRunsInWorkingCopy() throws Exception {
        Path metadata = temp.resolve("metadata");
        race(metadata, temp.resolve("state"), temp.resolve("state"));
        Git git = new Git(metadata);
        assertNothingLost(git);
        assertThat(git.run("status", "--porcelain")).isEmpty();
        assertThat(Files.readString(metadata.resolve("google-containers/ImageList")))
                .contains("one:0", "two:j");
    }

    private void race(Path location, Path firstState, Path secondState) throws Exception {
        List<Runner> runners =
                List.of(Runner.start(location, firstState, "one"), Runner.start(location, secondState, "two"));
        try {
            for (Runner runner : runners) {
                runner.expect("ready");
            }
            for (int round = 0; round < ROUNDS.length(); round++) {
                for (Runner runner : runners) {
                    runner.tell(ROUNDS.charAt(round));
                }
                for (Runner runner : runners) {
                    runner.expect("recorded");
                }
            }
            for (Runner runner : runners) {
                runner.end();
            }
        } finally {
            runners.forEach(runner -> runner.process().destroyForcibly());
        }
    }

    private static void assertNothingLost(Git git) throws Exception {
        List<String> images = new ArrayList<>();
        for (String name : List.of("one", "shared", "two")) {
            ROUNDS.chars().forEach(tag -> images.add(name + ":" + (char) tag));
        }
        String list = new String(git.show("master", "google-containers/ImageList"), StandardCharsets.UTF_8);
        assertThat(list.getBytes(StandardCharsets.UTF_8)).isEqualTo(ImageList.json(images));
        String digests = new String(git.show("master", "google-containers/ImageDigests"), StandardCharsets.UTF_8);
        assertThat(digests.lines()
                        .filter(line -> !line.startsWith("#"))
                        .map(line -> line.substring(0, line.indexOf(' '))))
                .containsExactlyElementsOf(images);
        String seen = new String(git.show("master", "google-containers/Seen"), StandardCharsets.UTF_8);
        assertThat(seen.lines().filter(line -> !line.startsWith("#")).map(line -> line.substring(0, line.indexOf(' '))))
                .containsExactlyElementsOf(
                        images.stream().map(image -> image + "-rc").toList());
        String readme = new String(git.show("master", "google-containers/README.md"), StandardCharsets.UTF_8);
        assertThat(images).allSatisfy(image -> assertThat(readme).contains("/" + image + "]"));
        assertThat(readme.split("(?m)^(?=### )"))
                .allSatisfy(entry -> assertThat(entry)
                        .contains("Update(num: "
                                + entry.lines()
                                        .filter(line -> line.startsWith("- "))
                                        .count() + "):\n"));
        git.assertSound();
    }
}
