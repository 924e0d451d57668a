/** Compares HTTP clients at what gcrsync does all day: a blob from one registry through SHA-256 into another. */
@NullMarked
package io.github.gcrsync.bench.http;

import org.jspecify.annotations.NullMarked;
