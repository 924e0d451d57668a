/**
 * Concurrent execution: many items at a time, and actions that run once.
 *
 * <p>Internal: not part of the public API.
 */
@NullMarked
package io.github.gcrsync.tasks;

import org.jspecify.annotations.NullMarked;
