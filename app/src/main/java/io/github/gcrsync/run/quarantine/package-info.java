/** Images with permanent failures: whether a run tries them, and what it found. */
@NullMarked
package io.github.gcrsync.run.quarantine;

import org.jspecify.annotations.NullMarked;
