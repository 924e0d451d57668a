/** Tests of the engine as a whole. */
@NullMarked
package io.github.gcrsync;

import org.jspecify.annotations.NullMarked;
