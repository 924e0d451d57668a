/**
 * Limits for each host: requests in flight, requests and bytes per second.
 *
 * <p>Types that {@code docs/library.md} does not list are internal.
 */
@NullMarked
package io.github.gcrsync.http.limit;

import org.jspecify.annotations.NullMarked;
