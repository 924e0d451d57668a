package io.github.gcrsync.plan;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.copy.Side;

/**
 * A failed image, or a repository that could not be listed.
 *
 * @param what {@code name:tag} or {@code name}, relative to the namespace
 */
public record Failure(String what, Side side, ContentException reason) {
    /** Whether the destination has another image under a tag that cannot be overwritten. */
    public boolean isHeld() {
        return reason instanceof ContentException.Held;
    }

    /**
     * Whether the image itself is the cause, not the network, a permission, a quota or the state of the destination.
     */
    public boolean isPermanent() {
        return switch (reason) {
            case ContentException.Corrupt _, ContentException.NotFound _ -> side == Side.SOURCE;
            case ContentException.Unsupported refusal -> side == Side.SOURCE || refusal.isOfContent();
            case ContentException.Denied _,
                    ContentException.RateLimited _,
                    ContentException.Incomplete _,
                    ContentException.Untrusted _,
                    ContentException.Conflict _,
                    ContentException.Held _,
                    ContentException.Unwritable _,
                    ContentException.Unreachable _,
                    ContentException.Unexpected _ -> false;
        };
    }
}
