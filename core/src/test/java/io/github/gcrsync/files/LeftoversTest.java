package io.github.gcrsync.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LeftoversTest {
    @TempDir
    Path temp;

    @Test
    void removesFileOnlyAfterItsProcessIsKilled() throws Exception {
        Process writer = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        LeftoversTest.class.getName(),
                        temp.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader output = writer.inputReader()) {
            Path file = Path.of(Optional.ofNullable(output.readLine()).orElseThrow());

            new Leftovers(Clock.systemUTC()).removeFrom(temp);
            assertThat(file).exists();

            writer.destroyForcibly().waitFor();
            assertThat(file).exists();
            new Leftovers(Clock.systemUTC()).removeFrom(temp);
            assertThat(file).doesNotExist();
        } finally {
            writer.destroyForcibly();
        }
    }

    @Test
    void keepsOtherFiles() throws Exception {
        Path other = Files.createFile(temp.resolve("lock"));

        new Leftovers(Clock.systemUTC()).removeFrom(temp);
        new Leftovers(Clock.systemUTC()).removeFrom(temp.resolve("absent"));

        assertThat(other).exists();
    }

    /** A process that stops in the middle of writing a file, until it is killed. */
    static void main(String[] arguments) throws Exception {
        try (TempFile file = TempFile.in(Path.of(arguments[0]))) {
            file.write(new byte[10], 10);
            try (var files = Files.list(Path.of(arguments[0]))) {
                System.out.println(files.findFirst().orElseThrow());
            }
            // Ends with the test's process at the latest.
            System.in.transferTo(OutputStream.nullOutputStream());
        }
    }
}
