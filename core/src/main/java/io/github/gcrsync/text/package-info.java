/**
 * Text for people and programs: JSON, sizes and durations, and text that is safe for a terminal.
 *
 * <p>Internal: not part of the public API.
 */
@NullMarked
package io.github.gcrsync.text;

import org.jspecify.annotations.NullMarked;
