package io.github.gcrsync.copy;

import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Manifest;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The targets of one image, or some of them. A target that fails or falls behind leaves; the others go on. Thread-safe.
 */
final class Group {
    private final Image image;
    private final List<CopyTarget> targets;
    private final boolean isWithoutParts;
    private final Ends ends;

    private Group(Image image, List<CopyTarget> targets, boolean isWithoutParts, Ends ends) {
        this.image = image;
        this.targets = targets;
        this.isWithoutParts = isWithoutParts;
        this.ends = ends;
    }

    /** @param patience with a target that is slower than the others */
    static Group of(Image image, List<CopyTarget> targets, Duration patience) {
        return new Group(image, List.copyOf(targets), false, new Ends(patience));
    }

    /** How the copies to single targets ended, for all groups of one image. Its monitor announces every end. */
    static final class Ends {
        private final Map<CopyTarget, CopyResult> byTarget = new HashMap<>();
        private final Duration patience;

        Ends(Duration patience) {
            this.patience = patience;
        }

        Duration patience() {
            return patience;
        }

        synchronized boolean has(CopyTarget target) {
            return byTarget.containsKey(target);
        }

        synchronized boolean isBehind(CopyTarget target) {
            return byTarget.get(target) instanceof CopyResult.Behind;
        }

        synchronized void put(CopyTarget target, CopyResult result) {
            byTarget.putIfAbsent(target, result);
            notifyAll();
        }
    }

    /** No target of a group is left; the reasons are in the results. */
    static final class EndedException extends RuntimeException {
        EndedException() {
            super(null, null, false, false);
        }
    }

    Image image() {
        return image;
    }

    List<CopyTarget> active() {
        return targets.stream().filter(target -> !ends.has(target)).toList();
    }

    boolean isEmpty() {
        return targets.stream().allMatch(ends::has);
    }

    boolean all(Predicate<CopyTarget> condition) {
        return active().stream().allMatch(condition);
    }

    /** Returns the active targets whose repositories are not known to have the content. */
    Group lacking(Digest content, Presence presence) {
        return new Group(
                image,
                active().stream()
                        .filter(target -> !presence.isAt(target, content))
                        .toList(),
                isWithoutParts,
                ends);
    }

    Group without(Set<CopyTarget> some) {
        return new Group(
                image,
                active().stream().filter(target -> !some.contains(target)).toList(),
                isWithoutParts,
                ends);
    }

    /** Returns the servers of the active targets. */
    Set<String> servers() {
        return active().stream().map(CopyTarget::server).collect(Collectors.toSet());
    }

    /** Returns where the active targets store the content. */
    Set<Presence.Place> places(Digest content) {
        return active().stream()
                .map(target -> Presence.Place.of(target, content))
                .collect(Collectors.toSet());
    }

    /** Returns the first active target of each server: the others can mount what it has. */
    Group oneOfEachServer() {
        Map<String, CopyTarget> first = new LinkedHashMap<>();
        active().forEach(target -> first.putIfAbsent(target.server(), target));
        return new Group(image, List.copyOf(first.values()), isWithoutParts, ends);
    }

    /** Returns the target alone, as if its repository had no part of the image. */
    Group anew(CopyTarget target) {
        return new Group(image, List.of(target), true, ends);
    }

    /** Returns the active targets whose repositories may already have parts of the image. */
    Group withParts() {
        return new Group(
                image,
                isWithoutParts
                        ? List.of()
                        : active().stream().filter(CopyTarget::mayHaveParts).toList(),
                false,
                ends);
    }

    /**
     * Returns a group for other content of the same image, for some active targets. What happens to them there does not
     * end them here.
     *
     * @param tagOrDigest the name of the content at the targets
     */
    Group beside(Manifest content, List<CopyTarget> some, String tagOrDigest) {
        return of(
                image.beside(content),
                some.stream().map(target -> target.under(tagOrDigest)).toList(),
                ends.patience());
    }

    /** Ends the copy to a target that has the image. */
    void finish(CopyTarget target, CopiedReferrers referrers) {
        ends.put(target, new CopyResult.Stored(image.stored(), referrers));
    }

    /** Leaves a target behind that is slower than the others. */
    void leaveBehind(CopyTarget target) {
        ends.put(target, new CopyResult.Behind());
    }

    /** Returns the results, in the order of the targets; a target that is still active has the image. */
    List<CopyResult> results() {
        synchronized (ends) {
            return targets.stream()
                    .map(target -> ends.byTarget.getOrDefault(
                            target, new CopyResult.Stored(image.stored(), CopiedReferrers.NONE)))
                    .toList();
        }
    }

    /**
     * Does work for all targets; a failure of the work ends them all.
     *
     * @throws EndedException if no target is left
     */
    void run(Runnable work) {
        try {
            work.run();
        } catch (CopyException e) {
            active().forEach(target -> ends.put(target, new CopyResult.Failed(e)));
        } catch (EndedException e) {
            // It concerns a part of this group.
        }
        requireSome();
    }

    /**
     * Acts on every active target at once; a failure ends only its target. Does not wait for targets that fall behind.
     *
     * @throws EndedException if no target is left
     */
    void each(Consumer<CopyTarget> action) {
        each(active(), SideBySide.Work.equal(), action);
    }

    /** Acts on some targets in the same way. */
    void each(List<CopyTarget> some, SideBySide.Work work, Consumer<CopyTarget> action) {
        if (some.size() == 1) {
            attempt(some.getFirst(), action);
        } else if (!some.isEmpty()) {
            new SideBySide(ends, work, target -> attempt(target, action)).run(some);
        }
        if (!some.isEmpty()) {
            requireSome();
        }
    }

    /** Returns whether the action succeeded. */
    private boolean attempt(CopyTarget target, Consumer<CopyTarget> action) {
        try {
            action.accept(target);
            return true;
        } catch (CopyException e) {
            ends.put(target, new CopyResult.Failed(e));
        } catch (EndedException e) {
            // The target's end is known.
        }
        return false;
    }

    private void requireSome() {
        if (isEmpty()) {
            throw new EndedException();
        }
    }
}
