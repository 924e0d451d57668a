/**
 * The innermost transport: connections, proxies and uploads with Apache HttpClient.
 *
 * <p>Types that {@code docs/library.md} does not list are internal.
 */
@NullMarked
package io.github.gcrsync.http.client;

import org.jspecify.annotations.NullMarked;
