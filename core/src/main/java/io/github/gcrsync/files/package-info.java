/** Files on this machine: written whole, locked between processes, and their errors in words. */
@NullMarked
package io.github.gcrsync.files;

import org.jspecify.annotations.NullMarked;
