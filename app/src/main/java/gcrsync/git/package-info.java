/** The ledger in a git repository that only ever moves forward. No other package uses JGit. */
@NullMarked
package gcrsync.git;

import org.jspecify.annotations.NullMarked;
