/** Registries to test against, real and in-process, with faults and request counts. */
@NullMarked
package gcrsync.testkit;

import org.jspecify.annotations.NullMarked;
