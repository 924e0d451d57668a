/**
 * The registry client (OCI distribution specification 1.1, Docker Registry API v2), including quirks of known
 * registries.
 *
 * <p>Types that {@code docs/library.md} does not list are internal.
 */
@NullMarked
package io.github.gcrsync.registry;

import org.jspecify.annotations.NullMarked;
