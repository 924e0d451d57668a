/** Holds the documentation to the program: its commands, its output, its links, its code, the examples. */
@NullMarked
package io.github.gcrsync.docs;

import org.jspecify.annotations.NullMarked;
