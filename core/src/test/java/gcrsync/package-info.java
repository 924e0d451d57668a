/** Tests of the engine as a whole. */
@NullMarked
package gcrsync;

import org.jspecify.annotations.NullMarked;
