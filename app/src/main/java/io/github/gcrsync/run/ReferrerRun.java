package io.github.gcrsync.run;

import io.github.gcrsync.content.ImageSource;
import io.github.gcrsync.copy.CopiedReferrers;
import io.github.gcrsync.copy.Copier;
import io.github.gcrsync.copy.SkippedException;
import io.github.gcrsync.copy.StoppedException;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.plan.CopyTask;
import io.github.gcrsync.run.ImageGroup.Copy;
import io.github.gcrsync.tasks.Tasks;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Copies the referrers of images that the destinations have: signatures, attestations and SBOMs that came later. */
final class ReferrerRun {
    private final List<PartRun> parts;
    private final Function<RepositoryName, ? extends ImageSource> source;
    private final MirrorRun.Content content;
    private final Copier copier;
    private final MirrorRun.Settings settings;

    private record Image(RepositoryName from, Digest digest) {}

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
        boolean _ = settings.quota()
                .isSpent(
                        () -> parts.forEach(PartRun::saveIfDue),
                        () -> settings.stop().isGiven()
                                || copies.stream().allMatch(copy -> copy.part().isAbandoned()),
                        _ -> {
                            attempt(copies.stream()
                                    .filter(copy -> !copy.part().isAbandoned())
                                    .toList());
                            return false;
                        });
    }

    private void attempt(List<Copy> copies) {
        CopyTask task = copies.getFirst().task();
        List<CopiedReferrers> results;
        try {
            results = copier.copyReferrers(
                    source.apply(task.from()),
                    task.digest(),
                    copies.stream()
                            .map(copy -> copy.part().quietTarget(copy.task()))
                            .toList(),
                    content.tags(task.from()));
        } catch (SkippedException | StoppedException e) {
            return; // There is nothing to add, or the next run adds it.
        }
        for (int i = 0; i < copies.size(); i++) {
            copies.get(i).part().referred(copies.get(i).task(), results.get(i));
        }
    }
}
