package io.github.gcrsync.plan;

import io.github.gcrsync.copy.CopiedReferrers;
import io.github.gcrsync.ledger.Attributes;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.ReferrerTypes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What the ledger records of the referrers of an image, in the attribute {@code refs}:
 * {@code COUNT:MIRRORED:LISTED:TYPES}, without colons at its end. Hashes are the first 12 hexadecimal digits of SHA-256;
 * those of nothing are empty.
 *
 * @param count of the mirrored referrers
 * @param mirrored hash of their digests
 * @param listed hash of what the source showed of them: its tags, and its list of those of the image itself
 * @param types hash of the wanted types; empty if all are wanted
 */
public record Refs(int count, String mirrored, String listed, String types) {
    private static final Pattern FORM =
            Pattern.compile("([0-9]{1,9})(?::([0-9a-f]{12}|)(?::([0-9a-f]{12}|)(?::([0-9a-f]{12}))?)?)?");
    private static final int LENGTH = 12;
    /** So that at most 560 hashes are computed. */
    private static final int MOST_OTHERS = 3;

    private static final int MOST_SEARCHED = 16;

    static Refs of(CopiedReferrers copied, String listed, ReferrerTypes types) {
        return new Refs(
                copied.count(),
                copied.count() == 0 ? "" : copied.digest().hex().substring(0, LENGTH),
                listed,
                ofTypes(types));
    }

    public static Optional<Refs> recorded(Attributes attributes) {
        return attributes
                .refs()
                .map(FORM::matcher)
                .filter(Matcher::matches)
                .map(found ->
                        new Refs(Integer.parseInt(found.group(1)), part(found, 2), part(found, 3), part(found, 4)));
    }

    private static String part(Matcher found, int number) {
        String part = found.group(number);
        return part == null ? "" : part;
    }

    static String ofTypes(ReferrerTypes types) {
        return types.areAll() ? "" : hash(List.of(types.toString()));
    }

    /** Returns a hash of the lines, in whatever order they are; empty without lines. */
    static String hash(Collection<String> lines) {
        return lines.isEmpty()
                ? ""
                : Digest.sha256(String.join("\n", new TreeSet<>(lines)).getBytes(StandardCharsets.UTF_8))
                        .hex()
                        .substring(0, LENGTH);
    }

    public String text() {
        return String.join(":", count + "", mirrored, listed, types).replaceFirst(":+$", "");
    }

    /** Whether the same types of referrers were wanted. */
    public boolean isOf(ReferrerTypes wanted) {
        return types.equals(ofTypes(wanted));
    }

    /**
     * Returns the mirrored ones among these, which the hash identifies. Empty if some are missing, or if there are too many
     * others to find out.
     */
    public Optional<List<Digest>> among(SortedSet<Digest> digests) {
        int others = digests.size() - count;
        boolean isFeasible = others == 0 || (others <= MOST_OTHERS && digests.size() <= MOST_SEARCHED);
        return others >= 0 && isFeasible ? among(List.copyOf(digests), others, 0) : Optional.empty();
    }

    private Optional<List<Digest>> among(List<Digest> digests, int others, int from) {
        if (others == 0) {
            String lines = digests.stream().map(digest -> digest + "\n").collect(Collectors.joining());
            boolean isMirrored =
                    Digest.sha256(lines.getBytes(StandardCharsets.UTF_8)).hex().startsWith(mirrored);
            return isMirrored ? Optional.of(digests) : Optional.empty();
        }
        for (int i = from; i < digests.size(); i++) {
            List<Digest> fewer = new ArrayList<>(digests);
            fewer.remove(i);
            Optional<List<Digest>> found = among(fewer, others - 1, i);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    /** What is mirrored stays so, even if the source has it no longer. */
    public Refs after(Optional<Refs> before) {
        return count > 0 || before.isEmpty()
                ? this
                : new Refs(before.get().count, before.get().mirrored, listed, types);
    }

    /** Whether other referrers are mirrored than before. */
    public boolean differsFrom(Optional<Refs> before) {
        return !mirrored.equals(before.map(Refs::mirrored).orElse(""));
    }
}
