package gcrsync.mirror;

import java.util.List;
import java.util.SortedMap;

/**
 * What a run would do, as a value. All lists are in the order of repository names and tags.
 *
 * @param repositories how many the namespace has
 * @param images how many images it has
 * @param toCopy what the destination lacks
 * @param toAdopt what the destination has and the ledger does not know of
 * @param upToDate how many are mirrored as they are
 * @param leftOut how many were not wanted, by reason
 * @param failures what could not be planned
 * @param waiting how many more there are to copy than this run takes
 */
public record Plan(
        int repositories,
        int images,
        List<CopyTask> toCopy,
        List<CopyTask> toAdopt,
        int upToDate,
        SortedMap<String, Integer> leftOut,
        List<Failure> failures,
        int waiting) {
    public Plan {
        toCopy = List.copyOf(toCopy);
        toAdopt = List.copyOf(toAdopt);
        failures = List.copyOf(failures);
    }
}
