/** What holds after faults: a suite of random ones, and a named test for each kind. */
@NullMarked
package io.github.gcrsync.faults;

import org.jspecify.annotations.NullMarked;
