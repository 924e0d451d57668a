package io.github.gcrsync.prune;

import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.plan.Failure;
import io.github.gcrsync.prune.Deletion.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Collects the results of all repositories. Thread-safe. */
final class Results {
    private final List<Deletion> deletions = new ArrayList<>();
    private final List<Staying> staying = new ArrayList<>();
    private final List<Failure> failures = new ArrayList<>();
    /** What several repositories have exists once at the destination. */
    private final Map<Digest, Long> estimated = new HashMap<>();

    private int manifests;
    private long bytes;
    private boolean isImpossible;
    private Optional<String> abandoned = Optional.empty();

    synchronized void planned(RepositoryPlan plan) {
        add(plan.whole(), Kind.IMAGE);
        add(plan.tagOnly(), Kind.TAG);
        add(plan.missing(), Kind.MISSING);
        staying.addAll(plan.staying());
        manifests += plan.manifests().size();
        estimated.putAll(plan.freed(plan.manifests().keySet()));
    }

    synchronized void deleted(RepositoryPlan plan, RepositoryDeletion deletion) {
        add(deletion.whole(), Kind.IMAGE);
        add(deletion.tags(), Kind.TAG);
        add(plan.missing(), Kind.MISSING);
        staying.addAll(plan.staying());
        staying.addAll(deletion.staying());
        failures.addAll(deletion.failures());
        manifests += deletion.manifests().size();
        isImpossible |= deletion.isImpossible() && !plan.whole().isEmpty();
        deletion.freed()
                .ifPresentOrElse(size -> bytes += size, () -> estimated.putAll(plan.freed(deletion.manifests())));
    }

    /** The destination failed as a whole. */
    synchronized void abandoned(String reason) {
        abandoned = Optional.of(reason);
    }

    synchronized void failed(Failure failure) {
        failures.add(failure);
    }

    synchronized void stays(Staying image) {
        staying.add(image);
    }

    private void add(List<DueImage> images, Kind kind) {
        images.forEach(image -> deletions.add(new Deletion(image, kind)));
    }

    synchronized PruneReport report(Due due, boolean isApplied, Optional<String> commit) {
        staying.addAll(due.staying());
        deletions.sort(Comparator.comparing(deletion -> deletion.image().name()));
        staying.sort(Comparator.comparing(Staying::image));
        failures.sort(Comparator.comparing(Failure::what));
        long size = estimated.values().stream().mapToLong(Long::longValue).sum();
        return new PruneReport(
                due, deletions, staying, failures, manifests, bytes + size, isApplied, isImpossible, abandoned, commit);
    }
}
