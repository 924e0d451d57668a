/** The ledger in a git repository that only ever moves forward. No other package uses JGit. */
@NullMarked
package io.github.gcrsync.git;

import org.jspecify.annotations.NullMarked;
