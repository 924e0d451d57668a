/** What would be done: the wanted images beside what the ledger and the destination have. */
@NullMarked
package io.github.gcrsync.plan;

import org.jspecify.annotations.NullMarked;
