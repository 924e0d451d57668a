/** The flags of the commands, as picocli reads them, and what is wrong with their values. */
@NullMarked
package io.github.gcrsync.cli.flags;

import org.jspecify.annotations.NullMarked;
