package io.github.gcrsync.plan;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.copy.Side;

/**
 * An image, or a repository whose images are unknown, that could not be dealt with.
 *
 * @param what {@code name:tag} or {@code name}, relative to the namespace
 */
public record Failure(String what, Side side, ContentException reason) {
    /** Whether the image is to blame, and neither the network nor a right, a quota or the destination's state. */
    public boolean isForItsOwnSake() {
        return switch (reason) {
            case ContentException.Corrupt _, ContentException.NotFound _ -> side == Side.SOURCE;
            case ContentException.Unsupported refusal -> side == Side.SOURCE || refusal.isOfContent();
            case ContentException.Denied _,
                    ContentException.RateLimited _,
                    ContentException.Incomplete _,
                    ContentException.Conflict _,
                    ContentException.Unwritable _,
                    ContentException.Unreachable _,
                    ContentException.Unexpected _ -> false;
        };
    }
}
