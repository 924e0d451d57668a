/**
 * HTTP for registries: one request, one streamed response; retries and redirects wrap the client of a library.
 *
 * <p>Types that {@code docs/library.md} does not list are internal.
 */
@NullMarked
package io.github.gcrsync.http;

import org.jspecify.annotations.NullMarked;
