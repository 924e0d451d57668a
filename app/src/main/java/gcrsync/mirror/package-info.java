/** The product's sentence: for this rule, list, select, compare, copy, record. */
@NullMarked
package gcrsync.mirror;

import org.jspecify.annotations.NullMarked;
