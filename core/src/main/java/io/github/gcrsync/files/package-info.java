/** Local files: atomic writes, locks between processes, and error descriptions. */
@NullMarked
package io.github.gcrsync.files;

import org.jspecify.annotations.NullMarked;
