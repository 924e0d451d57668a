/** Many things at a time on virtual threads, and one thing once. */
@NullMarked
package gcrsync.tasks;

import org.jspecify.annotations.NullMarked;
