package gcrsync.mirror;

import gcrsync.content.ContentException;
import gcrsync.copy.Side;

/**
 * An image, or a repository whose images are unknown, that could not be dealt with.
 *
 * @param what {@code name:tag} or {@code name}, relative to the namespace
 */
public record Failure(String what, Side side, ContentException reason) {}
