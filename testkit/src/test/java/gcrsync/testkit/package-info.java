@NullMarked
package gcrsync.testkit;

import org.jspecify.annotations.NullMarked;
