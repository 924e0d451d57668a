/** Flags that are set by variables and {@code gcrsync.yaml}. */
@NullMarked
package gcrsync.cli.settings;

import org.jspecify.annotations.NullMarked;
