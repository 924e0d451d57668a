package io.github.gcrsync.copy;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.oci.ReferrerTypes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What a target has of the signatures, attestations and SBOMs that belong to an image.
 *
 * @param count their manifests, each counted once
 * @param signatures how many of them are signatures of cosign or Notation
 * @param digest SHA-256 of the manifests' digests, sorted and one a line: it changes whenever the set changes
 * @param listed the digests that the source lists for the image itself through the referrers API, in its order; empty if
 *     there are none, if they were not asked for, or if there are failures
 * @param failures what the target may lack
 */
public record CopiedReferrers(int count, int signatures, Digest digest, List<String> listed, List<Failure> failures) {
    public static final CopiedReferrers NONE = new Tally().copied(List.of());

    public CopiedReferrers {
        listed = List.copyOf(listed);
        failures = List.copyOf(failures);
    }

    /**
     * A referrer that was not copied.
     *
     * @param referrer its digest, or its tag; empty if the list of referrers was not read or not stored
     * @param subject the manifest that it belongs to
     */
    public record Failure(Optional<String> referrer, Digest subject, CopyException reason) {
        /** Says which referrer of which manifest is missing, and why. */
        public String message() {
            return referrer.map(name -> "referrer " + name).orElse("referrers") + " of " + subject + " not copied: "
                    + reason.getMessage();
        }
    }

    static CopiedReferrers failed(Digest image, CopyException reason) {
        Tally tally = new Tally();
        tally.failed(new Failure(Optional.empty(), image, reason));
        return tally.copied(List.of());
    }

    public boolean areComplete() {
        return failures.isEmpty();
    }

    /** Collects what one target has. Thread-safe. */
    static final class Tally {
        private final SortedSet<Digest> stored = new TreeSet<>();
        private int signatures;
        private final List<Failure> failures = new ArrayList<>();
        private Optional<CopyException> lost = Optional.empty();

        synchronized void stored(Manifest referrer) {
            if (stored.add(referrer.descriptor().digest()) && ReferrerTypes.isSignature(referrer)) {
                signatures++;
            }
        }

        synchronized void failed(Failure failure) {
            failures.add(failure);
            if (lost.isEmpty() && isLost(failure.reason().reason())) {
                lost = Optional.of(failure.reason());
            }
        }

        /** Why all other referrers would fail too. */
        synchronized Optional<CopyException> lost() {
            return lost;
        }

        synchronized CopiedReferrers copied(List<String> listed) {
            String lines = stored.stream().map(digest -> digest + "\n").collect(Collectors.joining());
            return new CopiedReferrers(
                    stored.size(),
                    signatures,
                    Digest.sha256(lines.getBytes(StandardCharsets.US_ASCII)),
                    failures.isEmpty() ? listed : List.of(),
                    failures);
        }

        private static boolean isLost(ContentException reason) {
            return switch (reason) {
                case ContentException.Unreachable e -> true;
                case ContentException.RateLimited e -> true;
                case ContentException.Unwritable e -> true;
                case ContentException.Denied denied -> denied.areCredentialsRefused();
                default -> false;
            };
        }
    }
}
