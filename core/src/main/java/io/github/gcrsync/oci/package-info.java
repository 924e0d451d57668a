/** Names, digests, descriptors and manifests of the OCI specifications: immutable values, no I/O. */
@NullMarked
package io.github.gcrsync.oci;

import org.jspecify.annotations.NullMarked;
