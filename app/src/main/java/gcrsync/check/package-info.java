/** Looking at a mirror: comparing, reading back, watching. */
@NullMarked
package gcrsync.check;

import org.jspecify.annotations.NullMarked;
