/** Local state between runs, beside the ledger. All of it may be deleted at any time. */
@NullMarked
package io.github.gcrsync.state;

import org.jspecify.annotations.NullMarked;
