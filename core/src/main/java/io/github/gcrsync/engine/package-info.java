/** The library's only public way in: opens registries and folders and copies between them. */
@NullMarked
package io.github.gcrsync.engine;

import org.jspecify.annotations.NullMarked;
