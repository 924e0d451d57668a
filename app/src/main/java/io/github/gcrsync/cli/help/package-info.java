/** Help texts and completions. */
@NullMarked
package io.github.gcrsync.cli.help;

import org.jspecify.annotations.NullMarked;
