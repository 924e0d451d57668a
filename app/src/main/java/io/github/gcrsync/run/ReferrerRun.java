package io.github.gcrsync.run;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.ImageSource;
import io.github.gcrsync.content.ReferrerLookup;
import io.github.gcrsync.copy.CopiedReferrers;
import io.github.gcrsync.copy.Copier;
import io.github.gcrsync.copy.Side;
import io.github.gcrsync.copy.SkippedException;
import io.github.gcrsync.copy.StoppedException;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.plan.CopyTask;
import io.github.gcrsync.run.ImageGroup.Copy;
import io.github.gcrsync.tasks.Tasks;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Copies the referrers of images that the destinations have: signatures, attestations and SBOMs that came later. */
final class ReferrerRun {
    private final List<PartRun> parts;
    private final Function<RepositoryName, ? extends ImageSource> source;
    private final MirrorRun.Content content;
    private final Copier copier;
    private final MirrorRun.Settings settings;

    private record Image(RepositoryName from, Digest digest) {}

    /** Several tags of one digest may be in one repository of a destination. */
    private record Place(PartRun part, RepositoryName to) {}

    ReferrerRun(
            List<PartRun> parts,
            Function<RepositoryName, ? extends ImageSource> source,
            MirrorRun.Content content,
            Copier copier,
            MirrorRun.Settings settings) {
        this.parts = parts;
        this.source = source;
        this.content = content;
        this.copier = copier;
        this.settings = settings;
    }

    void run() {
        Map<Image, List<Copy>> images = new LinkedHashMap<>();
        for (PartRun part : parts) {
            for (CopyTask task : part.plan().referring()) {
                images.computeIfAbsent(new Image(task.from(), task.digest()), _ -> new ArrayList<>())
                        .add(new Copy(part, task));
            }
        }
        Tasks.forEach(List.copyOf(images.values()), settings.imagesAtATime(), this::copy);
    }

    /** Copies as soon as the source's quota admits it; what it does not admit is left to the next run. */
    private void copy(List<Copy> copies) {
        CopyTask task = copies.getFirst().task();
        if (!ReferrerLookup.mayFind(source.apply(task.from()), content.tags(task.from()))) {
            copies.forEach(copy -> copy.part().referred(copy.task(), CopiedReferrers.NONE));
            return;
        }
        boolean isSpent = settings.quota()
                .isSpent(
                        () -> parts.forEach(PartRun::saveIfDue),
                        () -> settings.stop().isGiven()
                                || copies.stream().allMatch(copy -> copy.part().isAbandoned()),
                        window -> mustRepeat(
                                copies.stream()
                                        .filter(copy -> !copy.part().isAbandoned())
                                        .toList(),
                                window));
        if (isSpent) {
            copies.forEach(copy -> copy.part().referrersPostponed());
        }
    }

    /** Returns true if the source's quota ended meanwhile. */
    private boolean mustRepeat(List<Copy> copies, long window) {
        Map<Place, List<Copy>> places = new LinkedHashMap<>();
        for (Copy copy : copies) {
            places.computeIfAbsent(new Place(copy.part(), copy.task().to()), _ -> new ArrayList<>())
                    .add(copy);
        }
        if (places.isEmpty()) {
            return false; // Ended while the quota admitted it.
        }
        CopyTask task = copies.getFirst().task();
        List<CopiedReferrers> results;
        try {
            results = copier.copyReferrers(
                    source.apply(task.from()),
                    task.digest(),
                    places.values().stream()
                            .map(List::getFirst)
                            .map(copy -> copy.part().quietTarget(copy.task()))
                            .toList(),
                    content.tags(task.from()));
        } catch (SkippedException | StoppedException e) {
            return false; // There is nothing to add, or the next run adds it.
        }
        if (results.stream().anyMatch(ReferrerRun::isLimited)
                && settings.quota().refused(window)) {
            return true;
        }
        Iterator<CopiedReferrers> each = results.iterator();
        places.values().forEach(same -> {
            CopiedReferrers result = each.next();
            same.forEach(copy -> copy.part().referred(copy.task(), result));
        });
        results.forEach(this::endIfSourceIsLost);
        return false;
    }

    private void endIfSourceIsLost(CopiedReferrers result) {
        result.failures().stream()
                .map(CopiedReferrers.Failure::reason)
                .filter(e -> e.side() == Side.SOURCE)
                .map(parts.getFirst()::reasonToEnd)
                .filter(Optional::isPresent)
                .findFirst()
                .ifPresent(why -> parts.forEach(part -> part.abandon(why)));
    }

    private static boolean isLimited(CopiedReferrers result) {
        return result.failures().stream()
                .map(CopiedReferrers.Failure::reason)
                .anyMatch(e -> e.side() == Side.SOURCE && e.reason() instanceof ContentException.RateLimited);
    }
}
