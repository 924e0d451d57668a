package io.github.gcrsync.commands;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Waits for conditions. */
public final class Waiting {
    public static final Duration PATIENCE = Duration.ofSeconds(90);

    private Waiting() {}

    /** @throws IllegalStateException on timeout */
    public static void until(String what, BooleanSupplier condition) throws InterruptedException {
        if (!happens(condition, () -> false)) {
            throw new IllegalStateException("did not happen in time: " + what);
        }
    }

    /** Whether the condition holds in time, and before the end. */
    static boolean happens(BooleanSupplier condition, BooleanSupplier end) throws InterruptedException {
        Instant deadline = Instant.now().plus(PATIENCE);
        while (!condition.getAsBoolean()) {
            if (end.getAsBoolean() || Instant.now().isAfter(deadline)) {
                return false;
            }
            TimeUnit.MILLISECONDS.sleep(5);
        }
        return true;
    }
}
