package io.github.gcrsync.run;

import io.github.gcrsync.content.Repository;
import io.github.gcrsync.copy.CopiedReferrers;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.plan.Failure;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * The result of copying an image to one destination.
 *
 * @param digest empty if the source was not read
 * @param failure present if the copy failed
 * @param referrers what came along, if they were looked up
 * @param sideLost whether the failure is that of a whole side: unreachable, full, or it refuses the login
 */
public record ImageCopy(
        Target target,
        Status status,
        Optional<Digest> digest,
        Moved moved,
        Optional<CopiedReferrers> referrers,
        Optional<Failure> failure,
        boolean sideLost) {
    /** Whether the image was copied without all that refers to it. */
    public boolean lacksReferrers() {
        return referrers.filter(known -> !known.areComplete()).isPresent();
    }

    /** What became of the copy. */
    public enum Status {
        COPIED("copied"),
        UP_TO_DATE("up to date"),
        FAILED("failed"),
        /** The source's pull quota is used up. */
        OVER_QUOTA("over quota"),
        /** The run was stopped. */
        UNFINISHED("not finished");

        private final String words;

        Status(String words) {
            this.words = words;
        }

        @Override
        public String toString() {
            return words;
        }
    }

    /**
     * A destination of the image.
     *
     * @param name of the image there, for users
     * @param server the registry or folder; the copies to one server run one after the other
     * @param tagOrDigest under which the image is stored
     * @param answers asks whether the server is reachable
     */
    public record Target(
            String name, String server, Repository repository, String tagOrDigest, BooleanSupplier answers) {}

    static ImageCopy of(Target target, Status status, Optional<Digest> digest) {
        return new ImageCopy(target, status, digest, Moved.NOTHING, Optional.empty(), Optional.empty(), false);
    }
}
