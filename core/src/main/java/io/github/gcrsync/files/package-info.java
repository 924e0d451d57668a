/**
 * Local files: atomic writes, locks between processes, and error descriptions.
 *
 * <p>Internal: not part of the public API.
 */
@NullMarked
package io.github.gcrsync.files;

import org.jspecify.annotations.NullMarked;
