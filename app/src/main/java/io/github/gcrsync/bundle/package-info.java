/** Bundles: what a mirror's destination holds, or the news of it, as files for a site without a network. */
@NullMarked
package io.github.gcrsync.bundle;

import org.jspecify.annotations.NullMarked;
