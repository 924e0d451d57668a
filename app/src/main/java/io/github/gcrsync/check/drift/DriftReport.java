package io.github.gcrsync.check.drift;

import java.util.List;

/**
 * The result of checking one mirror at one destination.
 *
 * @param recorded images of this shard in the ledger
 * @param checked how many of them were looked at
 * @param drifted images with at least one problem
 * @param unchecked images without a problem that could not be checked completely
 * @param findings sorted by image
 */
public record DriftReport(
        int recorded, int checked, int drifted, int unchecked, Contents contents, List<Finding> findings) {
    /**
     * What was read and looked up, each once in a repository.
     *
     * @param sparse manifests that indexes name and the source lacks too
     * @param bytes that were read and hashed
     */
    public record Contents(long manifests, long blobs, long sparse, long bytes) {}

    /** @param image {@code name:tag} or {@code name@digest}, relative to the source */
    public record Finding(String image, Problem problem) {}

    public DriftReport {
        findings = List.copyOf(findings);
    }

    public int sound() {
        return checked - drifted - unchecked;
    }

    public List<Finding> drift() {
        return findings.stream().filter(found -> found.problem().isDrift()).toList();
    }

    /** Returns what could not be checked, and why. */
    public List<Finding> failures() {
        return findings.stream().filter(found -> !found.problem().isDrift()).toList();
    }
}
