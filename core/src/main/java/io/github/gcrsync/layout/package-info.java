/**
 * Repositories stored as OCI image layouts in a folder (OCI image specification, "OCI Image Layout Specification").
 *
 * <p>Types that {@code docs/library.md} does not list are internal.
 */
@NullMarked
package io.github.gcrsync.layout;

import org.jspecify.annotations.NullMarked;
