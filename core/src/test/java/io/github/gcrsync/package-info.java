/** Tests of the whole engine. */
@NullMarked
package io.github.gcrsync;

import org.jspecify.annotations.NullMarked;
