/** Metrics of runs in the text format of Prometheus; the only user of its client library. */
@NullMarked
package io.github.gcrsync.metrics;

import org.jspecify.annotations.NullMarked;
