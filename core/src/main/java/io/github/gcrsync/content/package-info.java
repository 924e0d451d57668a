/** What a store of images offers, whether it is a registry, a folder or memory. */
@NullMarked
package io.github.gcrsync.content;

import org.jspecify.annotations.NullMarked;
