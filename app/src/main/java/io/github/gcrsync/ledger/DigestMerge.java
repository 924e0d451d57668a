package io.github.gcrsync.ledger;

import org.jspecify.annotations.Nullable;

/** Merges two versions of ImageDigests with a common ancestor. */
public final class DigestMerge {
    private DigestMerge() {}

    /**
     * A file describes one destination. If two runs recorded different ones, the newer file wins, because the other
     * rows would be trusted for the wrong destination. Their tags stay in ImageList, and are adopted again after a
     * check.
     */
    public static ImageDigests merge(ImageDigests base, ImageDigests ours, ImageDigests theirs) {
        if (!ours.destination().equals(theirs.destination())) {
            return newer(ours, theirs) ? ours : theirs;
        }
        DigestTable common = base.destination().equals(ours.destination()) ? base.rows() : DigestTable.EMPTY;
        return new ImageDigests(ours.destination(), new Rows(common, ours.rows(), theirs.rows()).merged());
    }

    /** Both machines must choose the same side, so the tie-break depends only on the content. */
    private static boolean newer(ImageDigests a, ImageDigests b) {
        int order = Long.compare(a.rows().newest(), b.rows().newest());
        return order != 0 ? order > 0 : a.destination().compareTo(b.destination()) > 0;
    }

    private record Rows(DigestTable base, DigestTable ours, DigestTable theirs) {
        DigestTable merged() {
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

        /** The other side lacks the row: it never had it, or it removed it while this side left it unchanged. */
        private void one(DigestTable.Builder merged, DigestTable side, int index) {
            int before = base.size() == 0 ? -1 : base.keys().indexOf(side.keys().copy(index));
            if (before < 0 || !side.sameRow(index, base, before)) {
                merged.append(side, index);
            }
        }

        private void both(DigestTable.Builder merged, int i, int j) {
            long first = Math.min(ours.first(i), theirs.first(j));
            if (ours.sameDigest(i, theirs, j)) {
                merged.append(ours, i, first, Math.min(ours.moved(i), theirs.moved(j)));
            } else if (later(i, j)) {
                merged.append(ours, i, first, ours.moved(i));
            } else {
                merged.append(theirs, j, first, theirs.moved(j));
            }
        }

        private boolean later(int i, int j) {
            DigestTable.@Nullable Row before = base.find(ours.keys().copy(i));
            if (before != null && before.equals(ours.row(i))) {
                return false;
            }
            if (before != null && before.equals(theirs.row(j))) {
                return true;
            }
            int order = Long.compare(ours.moved(i), theirs.moved(j));
            return order != 0 ? order > 0 : ours.digest(i).compareTo(theirs.digest(j)) > 0;
        }
    }
}
