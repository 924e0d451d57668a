/** The command line: flags in, exit code and words out. */
@NullMarked
package io.github.gcrsync.cli;

import org.jspecify.annotations.NullMarked;
