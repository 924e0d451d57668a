package io.github.gcrsync.ledger;

import java.util.Optional;

/**
 * What a checkpoint did.
 *
 * @param commit the tip of the branch, when the checkpoint changed anything, or pushed what an earlier one could not
 * @param pushed whether the remote has it; false too when there is no remote or nothing to push
 * @param images how many images this checkpoint recorded, adopted or forgot
 */
public record Published(Optional<String> commit, boolean pushed, int images) {}
