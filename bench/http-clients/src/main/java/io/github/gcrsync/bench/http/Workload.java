package io.github.gcrsync.bench.http;

import java.io.ByteArrayInputStream;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One client at one task, in a JVM of its own: CLIENT TASK PORT. Prints "CPU WALL" in milliseconds, or how a stall ended. */
final class Workload {
    static final int LARGE = 64 * 1024 * 1024;
    static final int SMALL = 4 * 1024;
    private static final int LARGE_COUNT = 25;
    private static final int SMALL_COUNT = 1500;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Subject subject;
    private final String origin;

    private Workload(Subject subject, String origin) {
        this.subject = subject;
        this.origin = origin;
    }

    public static void main(String[] arguments) throws Exception {
        boolean stalls = arguments[1].startsWith("stall");
        // A run that is measured must not be cut: to java.net.http the limit is one for the whole upload.
        try (var subject = Subject.of(arguments[0], stalls ? Duration.ofSeconds(2) : Duration.ofMinutes(5))) {
            var workload = new Workload(subject, "http://127.0.0.1:" + arguments[2]);
            System.out.println(
                    switch (arguments[1]) {
                        case "large" -> measured(workload::large);
                        case "small" -> measured(workload::small);
                        case "stalled download" -> stalled(workload::stalledDownload);
                        case "stalled upload" -> stalled(workload::stalledUpload);
                        default -> throw new IllegalArgumentException(arguments[1]);
                    });
        }
        // A client that hangs must not keep the process.
        System.exit(0);
    }

    private Void large() throws Exception {
        byte[] wanted = digest().digest(Origin.bytes(LARGE));
        return concurrently(LARGE_COUNT, 8, () -> {
            MessageDigest seen = digest();
            subject.get(URI.create(origin + "/blob/" + LARGE), body -> subject.put(
                    URI.create(origin + "/blob/" + LARGE), new DigestInputStream(body, seen), LARGE));
            if (!Arrays.equals(seen.digest(), wanted)) {
                throw new IllegalStateException("another digest");
            }
            return null;
        });
    }

    private Void small() throws Exception {
        byte[] content = Origin.bytes(SMALL);
        URI to = URI.create(origin + "/blob/" + SMALL);
        return concurrently(SMALL_COUNT, 32, () -> {
            subject.put(to, new DigestInputStream(new ByteArrayInputStream(content), digest()), SMALL);
            return null;
        });
    }

    private Void stalledDownload() throws Exception {
        subject.get(URI.create(origin + "/stall/" + LARGE), body -> body.transferTo(java.io.OutputStream.nullOutputStream()));
        return null;
    }

    private Void stalledUpload() throws Exception {
        subject.put(URI.create(origin + "/stall"), new ByteArrayInputStream(Origin.bytes(LARGE)), LARGE);
        return null;
    }

    private static Void concurrently(int count, int atATime, Callable<Void> task) throws Exception {
        var permits = new Semaphore(atATime);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var done = java.util.stream.IntStream.range(0, count)
                    .mapToObj(i -> threads.submit(() -> {
                        permits.acquire();
                        try {
                            return task.call();
                        } finally {
                            permits.release();
                        }
                    }))
                    .toList();
            for (var each : done) {
                each.get();
            }
        }
        return null;
    }

    /** CPU of the whole process, start-up included: gcrsync is a command. */
    private static String measured(Callable<Void> task) throws Exception {
        long start = System.nanoTime();
        task.call();
        long wall = System.nanoTime() - start;
        var system = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return TimeUnit.NANOSECONDS.toMillis(system.getProcessCpuTime()) + " " + TimeUnit.NANOSECONDS.toMillis(wall);
    }

    private static String stalled(Callable<Void> task) throws Exception {
        long start = System.nanoTime();
        var threads = Executors.newVirtualThreadPerTaskExecutor();
        try {
            threads.submit(task).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            return "ends as if all were well";
        } catch (TimeoutException e) {
            return "hangs";
        } catch (java.util.concurrent.ExecutionException e) {
            long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start);
            return "ends after " + seconds + " s, " + e.getCause().getClass().getSimpleName();
        }
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
