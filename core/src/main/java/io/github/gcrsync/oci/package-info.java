/**
 * Names, digests, descriptors and manifests of the OCI specifications: immutable values, no I/O.
 *
 * <p>Types that {@code docs/library.md} does not list are internal.
 */
@NullMarked
package io.github.gcrsync.oci;

import org.jspecify.annotations.NullMarked;
