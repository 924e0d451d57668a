/** Several machines: one process plans and records the runs of mirrors, workers copy, PostgreSQL is between them. */
@NullMarked
package io.github.gcrsync.cluster;

import org.jspecify.annotations.NullMarked;
