package io.github.gcrsync.output;

import java.io.Writer;
import java.util.function.Consumer;

/** Passes on written text line by line. */
public final class LineWriter extends Writer {
    private final Consumer<String> lines;
    private final StringBuilder pending = new StringBuilder();

    public LineWriter(Consumer<String> lines) {
        this.lines = lines;
    }

    @Override
    public void write(char[] text, int offset, int length) {
        synchronized (lock) {
            pending.append(text, offset, length);
            for (int end = pending.indexOf("\n"); end >= 0; end = pending.indexOf("\n")) {
                lines.accept(pending.substring(0, end));
                pending.delete(0, end + 1);
            }
        }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
}
