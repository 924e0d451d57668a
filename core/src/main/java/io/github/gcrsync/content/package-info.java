/** The interfaces of an image store, be it a registry, a folder or memory. */
@NullMarked
package io.github.gcrsync.content;

import org.jspecify.annotations.NullMarked;
