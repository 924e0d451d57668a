package io.github.gcrsync.output;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.LongAdder;

/** Bytes transferred in total and recently. Any thread may add; one thread reads. */
final class Rate {
    private static final long WINDOW_NANOS = 5_000_000_000L;

    private final long began = System.nanoTime();
    private final LongAdder bytes = new LongAdder();
    private final Deque<Sample> samples = new ArrayDeque<>();

    private record Sample(long nanos, long bytes) {}

    void add(long count) {
        bytes.add(count);
    }

    long bytes() {
        return bytes.sum();
    }

    /** Bytes per second over the last seconds. */
    long perSecond() {
        Sample now = new Sample(System.nanoTime(), bytes.sum());
        samples.addLast(now);
        while (samples.size() > 2 && now.nanos() - samples.peekFirst().nanos() > WINDOW_NANOS) {
            samples.removeFirst();
        }
        Sample first = samples.getFirst();
        long nanos = now.nanos() - first.nanos();
        return nanos <= 0 ? 0 : (long) ((now.bytes() - first.bytes()) * 1e9 / nanos);
    }

    /** Estimates from the average time per image so far; negative while unknown. */
    long secondsLeft(int done, int all) {
        if (done == 0 || all == 0) {
            return -1;
        }
        double seconds = (System.nanoTime() - began) / 1e9;
        return (long) Math.ceil(seconds / done * (all - done));
    }
}
