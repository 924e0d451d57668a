package io.github.gcrsync.ledger;

import java.util.Optional;

/**
 * The result of a checkpoint.
 *
 * @param commit the tip of the branch, if the checkpoint changed anything or pushed an earlier commit
 * @param pushed whether the remote has it; false if there is no remote or nothing to push
 * @param images number of images recorded, adopted, forgotten, sighted, pruned, held back or released
 */
public record Published(Optional<String> commit, boolean pushed, int images) {}
