/** Copying an image as the graph that it is; knows stores only by what they offer, and no HTTP. */
@NullMarked
package io.github.gcrsync.copy;

import org.jspecify.annotations.NullMarked;
