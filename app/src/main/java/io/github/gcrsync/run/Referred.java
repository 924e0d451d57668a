package io.github.gcrsync.run;

import io.github.gcrsync.copy.CopiedReferrers;
import io.github.gcrsync.plan.CopyTask;
import io.github.gcrsync.text.Sizes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The signatures, attestations and SBOMs that a run mirrored with its images.
 *
 * @param signatures number of manifests that came with the copied images
 * @param others number of other manifests that came with them
 * @param added images that were up to date and now have more of them, in order of name
 * @param incomplete images that lack some, in order of name
 */
public record Referred(int signatures, int others, List<CopyTask> added, List<Incomplete> incomplete) {
    public Referred {
        added = added.stream().sorted(Comparator.comparing(CopyTask::image)).toList();
        incomplete = incomplete.stream()
                .sorted(Comparator.comparing(Incomplete::image))
                .toList();
    }

    /** An image that is mirrored without all that belongs to it. */
    public record Incomplete(String image, CopiedReferrers referrers) {
        /** Says how many are missing, such as {@code without 1 of its 3 referrers}. */
        public String words() {
            return Referred.without(referrers);
        }
    }

    /** Says how many of an image are missing, such as {@code without 1 of its 3 referrers}. */
    public static String without(CopiedReferrers referrers) {
        int failed = referrers.failures().size();
        return "without " + failed + " of its " + Sizes.count(referrers.count() + failed, "referrer");
    }

    /** Says how many came along, such as {@code 2 signatures and 1 other referrer}; empty if there are none. */
    public String words() {
        String signed = signatures == 0 ? "" : Sizes.count(signatures, "signature");
        String other = others == 0 ? "" : Sizes.count(others, signatures == 0 ? "referrer" : "other referrer");
        return signed + (signed.isEmpty() || other.isEmpty() ? "" : " and ") + other;
    }

    /** Thread-safe. */
    static final class Tally {
        private int signatures;
        private int others;
        private final List<CopyTask> added = new ArrayList<>();
        private final List<Incomplete> incomplete = new ArrayList<>();

        /** An image was copied with them. */
        synchronized void copied(String image, CopiedReferrers referrers) {
            signatures += referrers.signatures();
            others += referrers.count() - referrers.signatures();
            if (!referrers.areComplete()) {
                incomplete.add(new Incomplete(image, referrers));
            }
        }

        /** An image that was mirrored before was looked at. */
        synchronized void referred(CopyTask task, CopiedReferrers referrers, boolean isAdded) {
            if (isAdded) {
                added.add(task);
            }
            if (!referrers.areComplete()) {
                incomplete.add(new Incomplete(task.image(), referrers));
            }
        }

        synchronized Referred sum() {
            return new Referred(signatures, others, added, incomplete);
        }
    }
}
