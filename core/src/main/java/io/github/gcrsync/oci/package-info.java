/** Names, digests, descriptors and manifests of the OCI image and distribution specifications: values only, no input or output. */
@NullMarked
package io.github.gcrsync.oci;

import org.jspecify.annotations.NullMarked;
