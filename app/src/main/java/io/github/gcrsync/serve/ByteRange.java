package io.github.gcrsync.serve;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A part of a blob (RFC 9110, section 14).
 *
 * @param count 0: the blob has no such part
 */
record ByteRange(long from, long count) {
    /** More digits than any file has. */
    private static final Pattern FORM = Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})");

    /** Returns empty for what a server ignores: several ranges, another unit, a wrong form. */
    static Optional<ByteRange> parse(String header, long size) {
        Matcher form = FORM.matcher(header.replace(" ", ""));
        if (!form.matches()) {
            return Optional.empty();
        }
        String first = form.group(1);
        String last = form.group(2);
        if (first.isEmpty()) {
            return last.isEmpty() ? Optional.empty() : Optional.of(suffix(Long.parseLong(last), size));
        }
        long from = Long.parseLong(first);
        long to = last.isEmpty() ? Long.MAX_VALUE : Long.parseLong(last);
        return to < from
                ? Optional.empty()
                : Optional.of(new ByteRange(from, Math.max(0, Math.min(to, size - 1) - from + 1)));
    }

    private static ByteRange suffix(long count, long size) {
        long part = Math.min(count, size);
        return new ByteRange(size - part, part);
    }

    /** The header {@code Content-Range}. */
    String of(long size) {
        return count == 0 ? "bytes */" + size : "bytes " + from + "-" + (from + count - 1) + "/" + size;
    }
}
