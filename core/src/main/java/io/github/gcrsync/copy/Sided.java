package io.github.gcrsync.copy;

import io.github.gcrsync.content.ContentException;
import java.util.function.Supplier;

/** Calls with their side, for the exception if they fail. */
final class Sided {
    private Sided() {}

    @FunctionalInterface
    interface Waiting {
        void run() throws InterruptedException;
    }

    static void waiting(Waiting action) {
        boolean ignored = waitingFor(() -> {
            action.run();
            return true;
        });
    }

    @FunctionalInterface
    interface WaitingFor<R> {
        R get() throws InterruptedException;
    }

    static <R> R waitingFor(WaitingFor<R> result) {
        try {
            return result.get();
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    static StoppedException interrupted() {
        Thread.currentThread().interrupt();
        return new StoppedException();
    }

    static <R> R atSource(Supplier<R> call) {
        return at(Side.SOURCE, call);
    }

    static <R> R atDestination(Supplier<R> call) {
        return at(Side.DESTINATION, call);
    }

    static void atDestination(Runnable call) {
        at(Side.DESTINATION, () -> {
            call.run();
            return true;
        });
    }

    private static <R> R at(Side side, Supplier<R> call) {
        try {
            return call.get();
        } catch (RuntimeException e) {
            // Internal errors too, but not intended exceptions such as StoppedException: they must not end the other
            // copies.
            throw new CopyException(side, ContentException.of(e));
        }
    }
}
