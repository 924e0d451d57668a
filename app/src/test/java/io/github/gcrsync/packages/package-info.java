/** What ./package builds, unpacked and started as by those who get it: without a JDK, a checkout or anything in the environment. */
@NullMarked
package io.github.gcrsync.packages;

import org.jspecify.annotations.NullMarked;
