/** Doing it: copies, records and reports. */
@NullMarked
package io.github.gcrsync.run;

import org.jspecify.annotations.NullMarked;
