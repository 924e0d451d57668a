/** The output of ./package, unpacked and started as by users: without a JDK, a checkout or environment variables. */
@NullMarked
package io.github.gcrsync.packages;

import org.jspecify.annotations.NullMarked;
