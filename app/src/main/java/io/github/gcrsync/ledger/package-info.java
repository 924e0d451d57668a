/**
 * What a run knows and adds about a mirror, and the formats in which it is kept: three files per namespace, which
 * {@code docs/metadata-format.md} describes, and how two versions of each are merged.
 */
@NullMarked
package io.github.gcrsync.ledger;

import org.jspecify.annotations.NullMarked;
