/** Serves a folder of image layouts as a read-only registry, with the HTTP server of the JDK. */
@NullMarked
package io.github.gcrsync.serve;

import org.jspecify.annotations.NullMarked;
