/**
 * The records of a mirror and their formats: a few files per mirror, described in {@code docs/metadata-format.md},
 * and how two versions of each are merged.
 */
@NullMarked
package io.github.gcrsync.ledger;

import org.jspecify.annotations.NullMarked;
