package io.github.gcrsync.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ExclusiveLockTest {
    private static final Duration LONG = Duration.ofMinutes(1);

    @TempDir
    Path folder;

    @Test
    void refusesSecondHolderInSameProcess() throws Exception {
        Path file = folder.resolve("lock");
        try (ExclusiveLock _ = ExclusiveLock.tryAcquire(file).orElseThrow()) {
            assertThat(ExclusiveLock.tryAcquire(file)).isEmpty();
        }

        ExclusiveLock.tryAcquire(file).orElseThrow().close();
    }

    @Test
    void waitsForThreadOfSameProcessWithoutLimit() throws Exception {
        Path file = folder.resolve("lock");
        ExclusiveLock first = ExclusiveLock.tryAcquire(file).orElseThrow();
        FutureTask<Optional<ExclusiveLock>> second =
                new FutureTask<>(() -> ExclusiveLock.acquire(file, Duration.ofNanos(1)));
        Thread waiting = Thread.ofPlatform().start(second);
        while (waiting.isAlive() && waiting.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }

        first.close();

        second.get(1, TimeUnit.MINUTES).orElseThrow().close();
    }

    @Test
    void recognizesFileByEveryPath() throws Exception {
        Path real = Files.createDirectory(folder.resolve("real"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), real);
        try (ExclusiveLock _ = ExclusiveLock.tryAcquire(real.resolve("lock")).orElseThrow()) {
            assertThat(ExclusiveLock.tryAcquire(link.resolve("lock"))).isEmpty();
        }
    }

    @Test
    void isReleasedWhenHolderIsKilled() throws Exception {
        Path file = folder.resolve("lock");
        Process holder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        ExclusiveLockTest.class.getName(),
                        file.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader output = holder.inputReader()) {
            assertThat(Optional.ofNullable(output.readLine())).contains("held");
            assertThat(ExclusiveLock.tryAcquire(file)).isEmpty();
            // The attempt must not have released the other process's lock.
            assertThat(ExclusiveLock.tryAcquire(file)).isEmpty();

            holder.destroyForcibly();
            ExclusiveLock.acquire(file, LONG).orElseThrow().close();
        } finally {
            holder.destroyForcibly();
        }
    }

    static void main(String[] arguments) throws Exception {
        try (ExclusiveLock _ =
                ExclusiveLock.acquire(Path.of(arguments[0]), LONG).orElseThrow()) {
            System.out.println("held");
            System.in.transferTo(OutputStream.nullOutputStream());
        }
    }
}
