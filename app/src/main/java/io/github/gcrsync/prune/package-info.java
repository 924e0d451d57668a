/** Deletes at the destination what the source no longer has or the rule no longer selects. */
@NullMarked
package io.github.gcrsync.prune;

import org.jspecify.annotations.NullMarked;
