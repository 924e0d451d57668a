/** Progress output during a run and reports after it. */
@NullMarked
package io.github.gcrsync.output;

import org.jspecify.annotations.NullMarked;
