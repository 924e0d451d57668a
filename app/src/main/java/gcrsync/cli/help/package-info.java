/** Help texts and completions. */
@NullMarked
package gcrsync.cli.help;

import org.jspecify.annotations.NullMarked;
