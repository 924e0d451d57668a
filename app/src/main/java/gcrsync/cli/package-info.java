/** The command line: flags in, exit code and words out. */
@NullMarked
package gcrsync.cli;

import org.jspecify.annotations.NullMarked;
