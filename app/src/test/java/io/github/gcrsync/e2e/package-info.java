/** End-to-end tests of the real command with real registries and real git, checked by third-party tools. */
@NullMarked
package io.github.gcrsync.e2e;

import org.jspecify.annotations.NullMarked;
