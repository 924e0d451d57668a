/** Many things at a time, and one thing once. */
@NullMarked
package gcrsync.tasks;

import org.jspecify.annotations.NullMarked;
