/**
 * The interfaces of an image store, be it a registry, a folder or memory.
 *
 * <p>Types that {@code docs/library.md} does not list are internal.
 */
@NullMarked
package io.github.gcrsync.content;

import org.jspecify.annotations.NullMarked;
