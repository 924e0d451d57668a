package io.github.gcrsync.config;

import java.util.Optional;

/**
 * The flags of a run that apply to each mirror of a file.
 *
 * @param processCount of a mirror that sets none; negative or empty: no limit
 */
public record WholeRun(
        Optional<Integer> processCount, boolean checkDestination, boolean checkReferrers, boolean retryQuarantined) {
    public static final WholeRun UNSET = new WholeRun(Optional.empty(), false, false, false);
}
