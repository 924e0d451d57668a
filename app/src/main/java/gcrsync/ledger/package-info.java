/**
 * The ledger of what is mirrored: three files per namespace in a git repository that only ever moves forward. The files
 * are described in {@code docs/metadata-format.md}.
 */
@NullMarked
package gcrsync.ledger;

import org.jspecify.annotations.NullMarked;
