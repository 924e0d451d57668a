/** The history in the metadata repository, over many runs and processes. */
@NullMarked
package io.github.gcrsync.history;

import org.jspecify.annotations.NullMarked;
