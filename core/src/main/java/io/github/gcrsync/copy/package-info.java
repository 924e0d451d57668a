/** Copies images as graphs of descriptors; uses only the interfaces of stores, and no HTTP. */
@NullMarked
package io.github.gcrsync.copy;

import org.jspecify.annotations.NullMarked;
