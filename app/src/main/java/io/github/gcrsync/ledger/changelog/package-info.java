/** The file README.md of a mirror, and how two versions of it are merged. */
@NullMarked
package io.github.gcrsync.ledger.changelog;

import org.jspecify.annotations.NullMarked;
