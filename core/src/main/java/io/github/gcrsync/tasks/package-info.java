/** Concurrent execution: many items at a time, and actions that run once. */
@NullMarked
package io.github.gcrsync.tasks;

import org.jspecify.annotations.NullMarked;
