/** Checks the documentation against the program: commands, output, links, code and examples. */
@NullMarked
package io.github.gcrsync.docs;

import org.jspecify.annotations.NullMarked;
