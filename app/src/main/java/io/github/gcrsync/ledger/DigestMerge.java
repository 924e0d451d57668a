package io.github.gcrsync.ledger;

import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Merges two versions of ImageDigests with a common ancestor. The result is the same with both sides exchanged, so that
 * two machines that merge the same commits agree.
 */
public final class DigestMerge {
    private DigestMerge() {}

    /**
     * A file describes one destination. If two runs recorded different ones, the newer file wins, because the other
     * rows would be trusted for the wrong destination. Their tags stay in ImageList, and are adopted again after a
     * check.
     */
    public static ImageDigests merge(ImageDigests base, ImageDigests ours, ImageDigests theirs) {
        if (!ours.isFor(theirs.destination(), theirs.source())) {
            return isNewer(ours, theirs) ? ours : theirs;
        }
        boolean isCommon =
                ours.isFor(base.destination(), base.source()) && theirs.isFor(base.destination(), base.source());
        DigestTable common = isCommon ? base.rows() : DigestTable.EMPTY;
        Optional<String> source = source(base, ours, theirs);
        Rows rows = new Rows(common, ours.rows(), theirs.rows());
        // Format 1, which has no source, has no attributes either.
        return new ImageDigests(ours.destination(), source, source.isPresent() ? rows.merged() : rows.all());
    }

    /** Merges the rows by the rules of {@code docs/metadata-format.md}. */
    static DigestTable rows(DigestTable base, DigestTable ours, DigestTable theirs) {
        return new Rows(base, ours, theirs).all();
    }

    /** Both machines must choose the same side, so the tie-break depends only on the content. */
    private static boolean isNewer(ImageDigests a, ImageDigests b) {
        int order = Long.compare(a.rows().newest(), b.rows().newest());
        String first = a.destination() + "\n" + a.source().orElse("");
        return order != 0
                ? order > 0
                : first.compareTo(b.destination() + "\n" + b.source().orElse("")) > 0;
    }

    private static Optional<String> source(ImageDigests base, ImageDigests ours, ImageDigests theirs) {
        if (ours.source().isEmpty() || theirs.source().isEmpty()) {
            return ours.source().or(theirs::source);
        }
        boolean isOurs = theirs.source().equals(base.source())
                || (!ours.source().equals(base.source()) && isNewer(ours, theirs));
        return isOurs ? ours.source() : theirs.source();
    }

    private record Rows(DigestTable base, DigestTable ours, DigestTable theirs) {
        DigestTable merged() {
            DigestTable all = all();
            if (!ours.lacksAnyOf(base) && !theirs.lacksAnyOf(base)) {
                return all;
            }
            return all.with(all.toCheck(i -> {
                byte[] key = all.keys().copy(i);
                return !all.sameMove(key, base) && !ours.sameMove(key, theirs);
            }));
        }

        DigestTable all() {
            DigestTable.Builder merged = new DigestTable.Builder(
                    ours.size() + theirs.size() / 8 + 16,
                    ours.keys().bytes() + theirs.keys().bytes() / 8);
            int i = 0;
            int j = 0;
            while (i < ours.size() || j < theirs.size()) {
                int order = i == ours.size()
                        ? 1
                        : j == theirs.size() ? -1 : ours.keys().compare(i, theirs.keys(), j);
                if (order == 0) {
                    both(merged, i++, j++);
                } else if (order < 0) {
                    one(merged, ours, i++);
                } else {
                    one(merged, theirs, j++);
                }
            }
            return merged.build();
        }

        /**
         * The other side lacks the row: it never had it, or it removed it while this side did not move it. New
         * attributes do not bring it back, since the image may be missing at the destination.
         */
        private void one(DigestTable.Builder merged, DigestTable side, int index) {
            int before = before(side, index);
            if (before < 0 || !side.sameMove(index, base, before)) {
                merged.append(side, index);
            }
        }

        private void both(DigestTable.Builder merged, int i, int j) {
            long first = Math.min(ours.first(i), theirs.first(j));
            if (ours.sameDigest(i, theirs, j)) {
                long moved = Math.min(ours.moved(i), theirs.moved(j));
                merged.append(ours, i, first, moved, attributes(i, j));
            } else if (isOurs(i, j)) {
                merged.append(ours, i, first, ours.moved(i), ours.attributes(i));
            } else {
                merged.append(theirs, j, first, theirs.moved(j), theirs.attributes(j));
            }
        }

        /** Decides between two digests: the side that moved the image, then the later move. */
        private boolean isOurs(int i, int j) {
            int before = before(ours, i);
            if (before >= 0 && ours.sameMove(i, base, before)) {
                return false;
            }
            if (before >= 0 && theirs.sameMove(j, base, before)) {
                return true;
            }
            int order = Long.compare(ours.moved(i), theirs.moved(j));
            return order != 0 ? order > 0 : ours.digest(i).compareTo(theirs.digest(j)) > 0;
        }

        private Attributes attributes(int i, int j) {
            Attributes our = ours.attributes(i);
            Attributes their = theirs.attributes(j);
            if (our.equals(their)) {
                return our;
            }
            int before = before(ours, i);
            // Attributes describe a digest, so those of another one are no common ancestor.
            Attributes common =
                    before >= 0 && base.sameDigest(before, ours, i) ? base.attributes(before) : Attributes.NONE;
            int later = Long.compare(ours.moved(i), theirs.moved(j));
            return new Described(common.values(), our, their, later).merged();
        }

        private int before(DigestTable side, int index) {
            return base.size() == 0 ? -1 : base.keys().indexOf(side.keys().copy(index));
        }
    }

    /** @param later positive if our row moved later, negative if theirs did */
    private record Described(SortedMap<String, String> base, Attributes ours, Attributes theirs, int later) {
        Attributes merged() {
            SortedMap<String, String> our = ours.values();
            SortedMap<String, String> their = theirs.values();
            TreeSet<String> names = new TreeSet<>(our.keySet());
            names.addAll(their.keySet());
            SortedMap<String, String> merged = new TreeMap<>();
            for (String name : names) {
                String value = value(name, base.get(name), our.get(name), their.get(name));
                if (value != null) {
                    merged.put(name, value);
                }
            }
            return Attributes.of(merged);
        }

        private @Nullable String value(
                String name, @Nullable String before, @Nullable String our, @Nullable String their) {
            if (Objects.equals(our, their) || Objects.equals(their, before)) {
                return our;
            }
            if (Objects.equals(our, before)) {
                return their;
            }
            if (later != 0) {
                return later > 0 ? our : their;
            }
            boolean isOurs = ours.text().compareTo(theirs.text()) > 0;
            return switch (name) {
                // What may lead to a deletion needs the word of both sides, and the later time.
                case Attributes.GONE, Attributes.UNSELECTED ->
                    our == null || their == null ? null : our.compareTo(their) > 0 ? our : their;
                case Attributes.BY ->
                    Attributes.COPIED.equals(our) || (!isOurs && !Attributes.COPIED.equals(their)) ? their : our;
                default -> isOurs ? our : their;
            };
        }
    }
}
