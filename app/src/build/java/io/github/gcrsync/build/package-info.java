/** Runs while gcrsync is built and is no part of it: writes what the command line says of itself into files. */
@NullMarked
package io.github.gcrsync.build;

import org.jspecify.annotations.NullMarked;
