/** The pull quota of the source: whether and when a run may read. */
@NullMarked
package io.github.gcrsync.run.quota;

import org.jspecify.annotations.NullMarked;
