/** The ledger in a git repository whose branch only moves forward. Only this package uses JGit. */
@NullMarked
package io.github.gcrsync.git;

import org.jspecify.annotations.NullMarked;
