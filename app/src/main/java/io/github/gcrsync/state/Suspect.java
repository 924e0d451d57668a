package io.github.gcrsync.state;

import io.github.gcrsync.oci.Digest;
import java.time.Instant;

/**
 * An image that failed for its own sake, and has not arrived since.
 *
 * @param image {@code name:tag}, relative to the namespace
 * @param digest what the tag pointed to; with another one it is another image
 * @param runs how many in a row it failed in
 * @param tried when that was last
 * @param reason of the last time, on one line
 */
public record Suspect(String image, Digest digest, int runs, Instant tried, String reason) {}
