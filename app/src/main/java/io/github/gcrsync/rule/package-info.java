/** The user's settings for one mirror, as values and pure functions. */
@NullMarked
package io.github.gcrsync.rule;

import org.jspecify.annotations.NullMarked;
