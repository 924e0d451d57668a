package io.github.gcrsync.run;

import io.github.gcrsync.content.Listing.ListedTag;
import io.github.gcrsync.copy.CopiedReferrers;
import io.github.gcrsync.copy.CopyException;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.plan.CopyTask;
import io.github.gcrsync.plan.Refs;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Has the images of a run copied by other processes. */
public interface Dispatch {
    /** Returns once nothing is left, or the run must end and what was in progress has ended. */
    void run(Work work);

    /** The work of a run, which shrinks as results arrive. For one thread. */
    interface Work {
        /** Returns what is left, the largest part first. */
        List<Repository> left();

        /** Takes a result; one that arrived before, or that nobody waits for, is ignored. */
        void ended(String place, String image, Result result);

        /** Takes what was transferred to a destination. */
        void moved(String place, Moved moved);

        /** @param bytes read from the source */
        void pulled(long bytes);

        /** Ends the run at one destination, because that or the source has failed as a whole. */
        void abandon(String place, String why);

        /** Ends the run. */
        void abandon(String why);

        /** Returns whether the run is to end early; to be called about every second. */
        boolean mustEnd();

        /** Whether there is no time left to wait for what is in progress. */
        boolean isGivenUp();
    }

    /**
     * Images of one repository of the source for the same destinations.
     *
     * @param tags of the source that belong to referrers
     */
    record Repository(RepositoryName from, List<ListedTag> tags, List<Part> parts) {
        public Repository {
            tags = List.copyOf(tags);
            parts = List.copyOf(parts);
        }

        /** Returns the number of images. */
        public int images() {
            return parts.stream()
                    .mapToInt(part ->
                            Math.max(part.copies().size(), part.referring().size()))
                    .max()
                    .orElse(0);
        }
    }

    /**
     * What one destination lacks.
     *
     * @param place names it
     * @param referring images that it has, and whose referrers are to be copied
     * @param empty repositories there without content to reuse
     */
    record Part(String place, List<CopyTask> copies, List<CopyTask> referring, Set<RepositoryName> empty) {
        public Part {
            copies = List.copyOf(copies);
            referring = List.copyOf(referring);
            empty = Set.copyOf(empty);
        }
    }

    /** What became of an image at one destination. */
    sealed interface Result {
        /**
         * @param digest at the source
         * @param stored digest at the destination
         * @param refs for the ledger
         */
        record Copied(Digest digest, Digest stored, Optional<Refs> refs, CopiedReferrers referrers) implements Result {}

        /** The referrers of an image that the destination has were looked at. */
        record Referred(Optional<Refs> refs, CopiedReferrers referrers) implements Result {}

        record Vanished() implements Result {}

        record Skipped(String reason) implements Result {}

        /** @param digest that was to be copied */
        record Failed(Digest digest, CopyException reason) implements Result {}

        /** The source's pull quota is used up. */
        record Postponed() implements Result {}

        /** The same for the referrers of an image that the destination has. */
        record ReferrersPostponed() implements Result {}
    }
}
