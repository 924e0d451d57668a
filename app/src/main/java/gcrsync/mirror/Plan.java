package gcrsync.mirror;

import gcrsync.state.Suspect;
import java.util.List;

/**
 * What a run would do, as a value. All lists are in the order of repository names and tags, but that copies of what is in
 * quarantine come last.
 *
 * @param repositories how many the namespace has
 * @param images how many images it has
 * @param toCopy what the destination lacks
 * @param toAdopt what the destination has and the ledger does not know of
 * @param upToDate how many are mirrored as they are
 * @param excluded what is not wanted
 * @param failures what could not be planned
 * @param waiting how many more there are to copy than this run takes
 * @param heldBack what is in quarantine and not to be tried yet
 * @param gone wanted tags that the source lists without having a manifest for them
 * @param released recorded images that moved at the source and cannot be copied, since another ledger records the old digest
 *     too; the ledger forgets them, so that the other one can follow
 */
public record Plan(
        int repositories,
        int images,
        List<CopyTask> toCopy,
        List<CopyTask> toAdopt,
        int upToDate,
        Excluded excluded,
        List<Failure> failures,
        int waiting,
        List<Suspect> heldBack,
        List<ImageKey> gone,
        List<ImageKey> released) {
    public Plan {
        toCopy = List.copyOf(toCopy);
        toAdopt = List.copyOf(toAdopt);
        failures = List.copyOf(failures);
        heldBack = List.copyOf(heldBack);
        gone = List.copyOf(gone);
        released = List.copyOf(released);
    }

    /** The same with at most so many copies, the others waiting; negative: all. */
    public Plan first(int most) {
        List<CopyTask> taken = most < 0 ? toCopy : toCopy.subList(0, Math.min(most, toCopy.size()));
        return new Plan(
                repositories,
                images,
                taken,
                toAdopt,
                upToDate,
                excluded,
                failures,
                waiting + toCopy.size() - taken.size(),
                heldBack,
                gone,
                released);
    }

    /** The same with other copies, and with what is not to be copied yet. */
    Plan holdingBack(List<CopyTask> copies, List<Suspect> suspects) {
        return new Plan(
                repositories, images, copies, toAdopt, upToDate, excluded, failures, waiting, suspects, gone, released);
    }
}
