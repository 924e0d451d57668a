/** Ties the parts together for one rule: list, select, compare, copy, record. */
@NullMarked
package io.github.gcrsync.mirror;

import org.jspecify.annotations.NullMarked;
