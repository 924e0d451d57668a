/** What this machine keeps from run to run beside the ledger, and what may be deleted at any time. */
@NullMarked
package io.github.gcrsync.state;

import org.jspecify.annotations.NullMarked;
