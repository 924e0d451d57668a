/** What the metadata repository remembers, over many runs and many processes. */
@NullMarked
package io.github.gcrsync.history;

import org.jspecify.annotations.NullMarked;
