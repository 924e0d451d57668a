/** The environment of a command: streams, terminal, log and exit code. */
@NullMarked
package io.github.gcrsync.cli.console;

import org.jspecify.annotations.NullMarked;
