/** What must hold after faults: a suite of random faults, and a named test for each kind. */
@NullMarked
package io.github.gcrsync.faults;

import org.jspecify.annotations.NullMarked;
