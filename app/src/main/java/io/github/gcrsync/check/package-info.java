/** Inspecting a mirror: compare, verify, monitor. */
@NullMarked
package io.github.gcrsync.check;

import org.jspecify.annotations.NullMarked;
