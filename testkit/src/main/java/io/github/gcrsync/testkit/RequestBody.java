package io.github.gcrsync.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * A request body: counts its bytes in the log, sends 100 Continue before the first read, and applies faults that cut,
 * stall or slow it.
 */
final class RequestBody extends InputStream {
    /** Runs before the first byte is read. */
    interface BeforeReading {
        void run() throws IOException;
    }

    /** Runs at the byte where a fault ends the body; does not return. */
    interface End {
        void strike() throws IOException;
    }

    private final Framed framed;
    private final RequestLog.Entry entry;
    private final BeforeReading beforeReading;
    private final long announced;
    private long total;
    private boolean begun;
    private long endAfter = Long.MAX_VALUE;
    private End end = () -> {};
    private Optional<Throttle> throttle = Optional.empty();

    RequestBody(Framed framed, RequestLog.Entry entry, BeforeReading beforeReading) {
        this.framed = framed;
        this.entry = entry;
        this.beforeReading = beforeReading;
        this.announced = framed.left();
    }

    void endAfter(long bytes, End strike) {
        endAfter = bytes;
        end = strike;
    }

    void throttle(long bytesPerSecond) {
        throttle = Optional.of(new Throttle(bytesPerSecond));
    }

    /** Returns the announced length, or -1. */
    long announced() {
        return announced;
    }

    boolean atEnd() {
        return framed.atEnd();
    }

    /** Returns the unread bytes, or -1 if that is unknown. */
    long left() {
        return framed.left();
    }

    boolean begun() {
        return begun;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        if (!begun) {
            begun = true;
            beforeReading.run();
        }
        if (total >= endAfter) {
            end.strike();
        }
        int wanted = (int) Math.min(length, Math.max(1, endAfter - total));
        int n = framed.read(
                buffer, offset, throttle.map(slow -> slow.step(wanted)).orElse(wanted));
        if (throttle.isPresent()) {
            throttle.get().moved(n);
        }
        if (n > 0) {
            total += n;
            entry.received(total);
        }
        return n;
    }

    @Override
    public int available() throws IOException {
        return framed.available();
    }
}
