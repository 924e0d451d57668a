package io.github.gcrsync.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.commands.ChildCommand;
import io.github.gcrsync.commands.MetadataFiles;
import io.github.gcrsync.commands.OnStage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.TestRegistry;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two processes, as on two machines, sync to one bare repository at the same time, 20 times. */
final class RaceTest extends OnStage {
    private static final int ROUNDS = 20;

    private TestRegistry otherSource;
    private MetadataFiles remote;

    @BeforeEach
    void start() {
        otherSource = TestRegistry.builder().gcrListing(true).start();
        remote = MetadataFiles.bare(folder.resolve("metadata.git"));
    }

    @AfterEach
    void stop() {
        otherSource.close();
    }

    /** A machine: a process with its own state folder. */
    private record Machine(Process process, BufferedReader says, OutputStream told, File err) implements AutoCloseable {
        void begin() throws Exception {
            told.write('\n');
            told.flush();
        }

        void expect(String line) throws Exception {
            assertThat(says.readLine()).as(() -> read(err)).isEqualTo(line);
        }

        private static String read(File file) {
            try {
                return Files.readString(file.toPath());
            } catch (IOException e) {
                return String.valueOf(e);
            }
        }

        @Override
        public void close() throws IOException {
            told.close();
            process.destroyForcibly();
        }
    }

    @Test
    void keepsEntriesOfBothProcesses() throws Exception {
        stage.offer("both:1", 1);
        otherSource.put("ns/both", "1", SampleImages.oci("linux/amd64", SampleImages.layer(1, 1)));
        List<String> expected = new ArrayList<>(List.of("both:1"));
        try (Machine one = machine("one", stage.source());
                Machine two = machine("two", otherSource)) {
            one.expect("ready");
            two.expect("ready");
            for (int round = 1; round <= ROUNDS; round++) {
                stage.offer("one:" + round, round);
                otherSource.put("ns/two", "" + round, SampleImages.oci(round));
                expected.addAll(List.of("one:" + round, "two:" + round));
                one.begin();
                two.begin();
                one.expect("exit 0");
                two.expect("exit 0");
            }
        }

        assertThat(remote.images()).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(remote.digests()).containsOnlyKeys(expected);
        for (String image : expected) {
            assertThat(remote.digests()).containsEntry(image, stage.mirrored(image));
            assertThat(remote.readme()).contains("/ns/" + image + "](");
        }
        assertThat(remote.readme().lines().filter(line -> line.startsWith("### ")))
                .as("an entry for each run that had something to say")
                .hasSizeLessThanOrEqualTo(2 * ROUNDS);
        assertThat(remote.git("rev-list", "--merges", "--count", "HEAD").strip())
                .as("they did meet")
                .isNotEqualTo("0");
        remote.assertSound();
    }

    private Machine machine(String name, TestRegistry source) throws Exception {
        List<String> command = new ArrayList<>(ChildCommand.java("io.github.gcrsync.cli.RepeatedCommand"));
        command.addAll(stage.arguments("sync", "--source=" + source.host(), "--metadata=" + remote.path()));
        File err = folder.resolve(name + ".err").toFile();
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(err);
        builder.environment().putAll(stage.environment());
        builder.environment().put("XDG_STATE_HOME", folder.resolve(name).toString());
        Process process = builder.start();
        return new Machine(
                process,
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)),
                process.getOutputStream(),
                err);
    }
}
