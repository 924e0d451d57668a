package io.github.gcrsync.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.copy.Copier;
import io.github.gcrsync.copy.CopyException;
import io.github.gcrsync.copy.CopyListener;
import io.github.gcrsync.copy.StopSignal;
import io.github.gcrsync.copy.StoppedException;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.registry.Registries;
import io.github.gcrsync.tasks.Tasks;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.TestRegistry;
import io.github.gcrsync.testkit.User;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Checks that no connection and no thread is leaked after faults. */
@Timeout(120)
final class LeakTest {
    @Test
    void leaksNothingAfterFaults() throws Exception {
        Random random = new Random(4);
        AtomicInteger failed = new AtomicInteger();
        try (TestRegistry source = TestRegistry.builder()
                        .bearerAuth(Duration.ofHours(1), new User("me", "secret"))
                        .redirectBlobs(true)
                        .start();
                TestRegistry destination = TestRegistry.start();
                Engine engine = Registries.engine()
                        .timeout(Duration.ofMillis(700))
                        .connectionsPerHost(8)
                        .build()) {
            List<Integer> all = IntStream.range(0, 60).boxed().toList();
            all.forEach(i -> source.put("ns/r" + i, "1", SampleImages.multiPlatform(1 + i % 20)));
            for (int i = 0; i < 80; i++) {
                source.fault(fault(random, true));
                destination.fault(fault(random, false));
            }
            Copier copier = new Copier(4, new StopSignal(), CopyListener.SILENT);

            Tasks.forEach(all, 30, i -> {
                try {
                    copier.copy(
                            engine.registry(source.host()).repository(new RepositoryName("ns/r" + i)),
                            "1",
                            engine.registry(destination.host()).repository(new RepositoryName("mirror/r" + i)),
                            "1",
                            true);
                } catch (CopyException e) {
                    failed.incrementAndGet();
                }
            });

            assertThat(engine.connectionsInUse()).isZero();
            assertThat(failed.get()).as("some copies failed, but not all").isBetween(1, 59);
        }
        assertNoThreadIsLeft();
    }

    private static Fault fault(Random random, boolean reading) {
        Fault fault = Fault.on("*", ".*").skip(random.nextInt(200));
        return switch (random.nextInt(9)) {
            case 0 -> fault.resetConnection();
            case 1 -> fault.cutAfter(random.nextInt(300));
            case 2 -> fault.corruptByte(random.nextInt(300));
            case 3 -> fault.status(403);
            case 4 -> fault.status(503);
            case 5 -> fault.status(401);
            // The answer to a PUT may take minutes, so the client would wait that long for a stalled answer.
            case 6 -> reading && random.nextInt(4) == 0 ? fault.stallAfter(random.nextInt(100)) : fault.status(404);
            case 7 -> reading ? fault.status(200, "nonsense") : fault.cutUploadAfter(random.nextInt(300));
            default -> fault.status(429).header("Retry-After", "0");
        };
    }

    @Test
    void leaksNothingAfterInterrupt() throws Exception {
        try (TestRegistry source = TestRegistry.start();
                TestRegistry destination = TestRegistry.start();
                Engine engine =
                        Registries.engine().timeout(Duration.ofMinutes(5)).build()) {
            source.put("ns/a", "1", SampleImages.multiPlatform(1));
            CountDownLatch never = new CountDownLatch(1);
            source.fault(Fault.on("GET", "/blobs/").delayUntil(never).always());
            AtomicInteger ended = new AtomicInteger();
            Copier copier = new Copier(2, new StopSignal(), CopyListener.SILENT);
            List<Thread> threads = IntStream.range(0, 5)
                    .mapToObj(i -> Thread.ofVirtual().start(() -> {
                        try {
                            copier.copy(
                                    engine.registry(source.host()).repository(new RepositoryName("ns/a")),
                                    "1",
                                    engine.registry(destination.host()).repository(new RepositoryName("m/r" + i)),
                                    "1",
                                    true);
                        } catch (CopyException | StoppedException e) {
                            ended.incrementAndGet();
                        }
                    }))
                    .toList();
            while (source.log().count("GET", "/blobs/") == 0) {
                Thread.onSpinWait();
            }
            threads.forEach(Thread::interrupt);
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(ended).hasValue(5);
            assertThat(engine.connectionsInUse()).isZero();
            never.countDown();
        }
        assertNoThreadIsLeft();
    }

    /**
     * Threads end shortly after their work; a thread that is still alive after the timeout is a leak. Virtual threads
     * are in no thread list, but each one started by {@link Tasks} holds one of its places until it ends. (A full
     * thread dump would include them, but can crash JDK 25.0.3.)
     */
    private static void assertNoThreadIsLeft() {
        List<String> left = List.of("not looked yet");
        for (int attempt = 0; attempt < 2000 && !left.isEmpty(); attempt++) {
            left = Thread.getAllStackTraces().entrySet().stream()
                    .filter(thread -> thread.getKey().getName().startsWith("gcrsync-")
                            || Stream.of(thread.getValue()).anyMatch(LeakTest::isOurs))
                    .map(thread -> thread.getKey() + " " + List.of(thread.getValue()))
                    .toList();
        }
        assertThat(left).isEmpty();
        CountDownLatch allPlaces = new CountDownLatch(Tasks.MOST_THREADS + 1);
        Tasks.forEach(IntStream.rangeClosed(0, Tasks.MOST_THREADS).boxed().toList(), Integer.MAX_VALUE, _ -> {
            allPlaces.countDown();
            assertThat(awaited(allPlaces)).as("all places of Tasks are free").isTrue();
        });
    }

    private static boolean awaited(CountDownLatch latch) {
        try {
            return latch.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean isOurs(StackTraceElement frame) {
        return frame.getClassName().matches("gcrsync\\.(http|copy|tasks|registry|auth)\\..*");
    }
}
