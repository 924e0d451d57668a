/** What a command talks to: streams, terminal, log and exit code. */
@NullMarked
package gcrsync.cli.console;

import org.jspecify.annotations.NullMarked;
