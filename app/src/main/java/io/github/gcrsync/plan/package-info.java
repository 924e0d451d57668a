/** Decides what a run would do: compares the selected images with the ledger and the destination. */
@NullMarked
package io.github.gcrsync.plan;

import org.jspecify.annotations.NullMarked;
