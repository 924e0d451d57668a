/** Many things at a time, and one thing once. */
@NullMarked
package io.github.gcrsync.tasks;

import org.jspecify.annotations.NullMarked;
