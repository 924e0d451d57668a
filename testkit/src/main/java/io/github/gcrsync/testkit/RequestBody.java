package io.github.gcrsync.testkit;

import java.io.IOException;
import java.io.InputStream;

/** A request's body: counted in the log, announced with 100 Continue when first read, cut or stalled where a fault says so. */
final class RequestBody extends InputStream {
    /** Runs before the first byte is read. */
    interface BeforeReading {
        void run() throws IOException;
    }

    /** What happens at the byte where a fault ends the body; it does not return. */
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

    /** Bytes as announced by the client, -1 if it did not say. */
    long announced() {
        return announced;
    }

    boolean atEnd() {
        return framed.atEnd();
    }

    /** Bytes not read yet; -1 if unknown. */
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
        int n = framed.read(buffer, offset, (int) Math.min(length, Math.max(1, endAfter - total)));
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
