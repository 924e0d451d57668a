package io.github.gcrsync.state;

import io.github.gcrsync.oci.Digest;
import java.time.Instant;

/**
 * An image with a permanent failure, not copied since.
 *
 * @param image {@code name:tag}, relative to the namespace
 * @param digest of the tag; with another digest it is another image
 * @param runs consecutive runs in which it failed
 * @param tried time of the last attempt
 * @param reason of the last failure, on one line
 */
public record Suspect(String image, Digest digest, int runs, Instant tried, String reason) {}
