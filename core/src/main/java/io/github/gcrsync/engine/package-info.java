/**
 * The entry point of the library: opens registries and folders of image layouts, and copies images between registries.
 */
@NullMarked
package io.github.gcrsync.engine;

import org.jspecify.annotations.NullMarked;
