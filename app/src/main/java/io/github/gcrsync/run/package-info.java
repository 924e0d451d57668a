/** Runs a plan: copies, records and reports. */
@NullMarked
package io.github.gcrsync.run;

import org.jspecify.annotations.NullMarked;
