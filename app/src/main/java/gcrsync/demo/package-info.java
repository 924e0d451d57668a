/** The sample images that the demo mirrors. */
@NullMarked
package gcrsync.demo;

import org.jspecify.annotations.NullMarked;
