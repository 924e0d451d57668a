/** The sample images that the demo mirrors. */
@NullMarked
package io.github.gcrsync.demo;

import org.jspecify.annotations.NullMarked;
