/** Serves a folder of image layouts as a read-only registry. */
@NullMarked
package io.github.gcrsync.serve;

import org.jspecify.annotations.NullMarked;
