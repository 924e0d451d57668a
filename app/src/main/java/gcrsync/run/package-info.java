/** Doing it: copies, records and reports. */
@NullMarked
package gcrsync.run;

import org.jspecify.annotations.NullMarked;
