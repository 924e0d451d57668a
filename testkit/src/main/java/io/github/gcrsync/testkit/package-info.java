/** Registries for tests, real and in-process, with faults and request counts. */
@NullMarked
package io.github.gcrsync.testkit;

import org.jspecify.annotations.NullMarked;
