/** What a run has found and not committed yet. */
@NullMarked
package io.github.gcrsync.git.pending;

import org.jspecify.annotations.NullMarked;
