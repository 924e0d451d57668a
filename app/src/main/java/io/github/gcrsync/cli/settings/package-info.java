/** Flags set by variables and {@code gcrsync.yaml}. */
@NullMarked
package io.github.gcrsync.cli.settings;

import org.jspecify.annotations.NullMarked;
