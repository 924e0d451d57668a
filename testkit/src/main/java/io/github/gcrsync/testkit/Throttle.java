package io.github.gcrsync.testkit;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** Keeps a stream at a rate, from its creation on. */
final class Throttle {
    private final long bytesPerSecond;
    private final long began = System.nanoTime();
    private long moved;

    Throttle(long bytesPerSecond) {
        this.bytesPerSecond = bytesPerSecond;
    }

    /** Returns how many of the wanted bytes to move in one step. */
    int step(int wanted) {
        return Math.clamp(bytesPerSecond / 10, 1, wanted);
    }

    /** Waits until the rate allows the bytes that were moved. */
    void moved(int bytes) throws IOException {
        moved += Math.max(0, bytes);
        long ahead = moved * 1_000_000_000 / bytesPerSecond - (System.nanoTime() - began);
        try {
            TimeUnit.NANOSECONDS.sleep(ahead);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }
}
