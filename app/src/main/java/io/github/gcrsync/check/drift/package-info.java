/** Checks whether the destination still has what the ledger records. */
@NullMarked
package io.github.gcrsync.check.drift;

import org.jspecify.annotations.NullMarked;
