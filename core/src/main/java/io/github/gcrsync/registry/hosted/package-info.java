/**
 * Web APIs of hosted registries that list tags with digests and push dates.
 *
 * <p>Internal: not part of the public API.
 */
@NullMarked
package io.github.gcrsync.registry.hosted;

import org.jspecify.annotations.NullMarked;
