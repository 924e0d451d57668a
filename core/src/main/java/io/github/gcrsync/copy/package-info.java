/**
 * Copies images as graphs of descriptors; uses only the interfaces of stores, and no HTTP.
 *
 * <p>Types that {@code docs/library.md} does not list are internal.
 */
@NullMarked
package io.github.gcrsync.copy;

import org.jspecify.annotations.NullMarked;
