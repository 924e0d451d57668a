/** The flags of the commands, parsed by picocli, and checks of their values. */
@NullMarked
package io.github.gcrsync.cli.flags;

import org.jspecify.annotations.NullMarked;
