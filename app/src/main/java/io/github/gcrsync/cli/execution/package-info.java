/** What commands that run mirrors share: one mirror after the other, their output, and signals. */
@NullMarked
package io.github.gcrsync.cli.execution;

import org.jspecify.annotations.NullMarked;
