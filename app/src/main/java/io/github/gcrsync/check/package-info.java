/** Looking at a mirror: comparing, reading back, watching. */
@NullMarked
package io.github.gcrsync.check;

import org.jspecify.annotations.NullMarked;
