/** Generates files from the command line definition during the build; not part of the program. */
@NullMarked
package io.github.gcrsync.build;

import org.jspecify.annotations.NullMarked;
