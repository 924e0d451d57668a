/** Deciding what to copy, copying it, and telling how it went. */
@NullMarked
package gcrsync.mirror;

import org.jspecify.annotations.NullMarked;
