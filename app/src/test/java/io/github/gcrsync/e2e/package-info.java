/** The real command from end to end, against real registries and real git, judged by other people's tools. */
@NullMarked
package io.github.gcrsync.e2e;

import org.jspecify.annotations.NullMarked;
