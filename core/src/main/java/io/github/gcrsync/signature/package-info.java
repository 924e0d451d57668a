/**
 * Verifies signatures of images by given public keys: cosign's simple signing and Sigstore bundles, found by tag and by
 * referrer.
 *
 * <p>It checks neither certificates (keyless signing) nor entries in transparency logs.
 */
@NullMarked
package io.github.gcrsync.signature;

import org.jspecify.annotations.NullMarked;
