/** The command line: parses flags, runs commands and prints results. */
@NullMarked
package io.github.gcrsync.cli;

import org.jspecify.annotations.NullMarked;
