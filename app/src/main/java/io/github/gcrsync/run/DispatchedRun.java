package io.github.gcrsync.run;

import io.github.gcrsync.copy.StopSignal;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.plan.CopyTask;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The work of a run that other processes do. Their results go to the parts as if this process had copied. */
final class DispatchedRun implements Dispatch.Work {
    private final Map<String, PartRun> parts;
    private final MirrorRun.Content content;
    private final StopSignal stop;
    private final Tally reading;
    /** By destination and image. */
    private final Map<Key, CopyTask> copies = new LinkedHashMap<>();

    private final Map<Key, CopyTask> referring = new LinkedHashMap<>();

    private record Key(String place, String image) {}

    private record Image(RepositoryName from, String name, Digest digest) {}

    /** Images that the same destinations need. */
    private record Group(RepositoryName from, Set<String> places) {}

    DispatchedRun(List<PartRun> parts, MirrorRun.Content content, StopSignal stop, Tally reading) {
        this.parts = parts.stream()
                .collect(Collectors.toMap(PartRun::place, Function.identity(), (a, _) -> a, LinkedHashMap::new));
        this.content = content;
        this.stop = stop;
        this.reading = reading;
        parts.forEach(part -> {
            part.plan().toCopy().forEach(task -> copies.put(new Key(part.place(), task.image()), task));
            part.plan().referring().forEach(task -> referring.put(new Key(part.place(), task.image()), task));
        });
    }

    @Override
    public List<Dispatch.Repository> left() {
        Map<Group, Map<String, List<CopyTask>>> toCopy = grouped(copies);
        Map<Group, Map<String, List<CopyTask>>> toRefer = grouped(referring);
        return Stream.concat(toCopy.keySet().stream(), toRefer.keySet().stream())
                .distinct()
                .map(group ->
                        repository(group, toCopy.getOrDefault(group, Map.of()), toRefer.getOrDefault(group, Map.of())))
                .sorted(Comparator.comparingInt(Dispatch.Repository::images).reversed())
                .toList();
    }

    private static Map<Group, Map<String, List<CopyTask>>> grouped(Map<Key, CopyTask> tasks) {
        Map<Image, Map<String, CopyTask>> images = new LinkedHashMap<>();
        tasks.forEach((key, task) -> images.computeIfAbsent(
                        new Image(task.from(), task.image(), task.digest()), _ -> new LinkedHashMap<>())
                .put(key.place(), task));
        Map<Group, Map<String, List<CopyTask>>> groups = new LinkedHashMap<>();
        images.forEach((image, byPlace) -> {
            Map<String, List<CopyTask>> group = groups.computeIfAbsent(
                    new Group(image.from(), Set.copyOf(byPlace.keySet())), _ -> new LinkedHashMap<>());
            byPlace.forEach((place, task) ->
                    group.computeIfAbsent(place, _ -> new ArrayList<>()).add(task));
        });
        return groups;
    }

    private Dispatch.Repository repository(
            Group group, Map<String, List<CopyTask>> toCopy, Map<String, List<CopyTask>> toRefer) {
        return new Dispatch.Repository(
                group.from(),
                content.referrers().map(tags -> tags.found(group.from())).orElse(List.of()),
                parts.keySet().stream()
                        .filter(group.places()::contains)
                        .map(place -> part(
                                place, toCopy.getOrDefault(place, List.of()), toRefer.getOrDefault(place, List.of())))
                        .toList());
    }

    private Dispatch.Part part(String place, List<CopyTask> toCopy, List<CopyTask> toRefer) {
        Set<RepositoryName> empty =
                part(place).map(part -> part.plan().drift().emptyRepositories()).orElse(Set.of());
        return new Dispatch.Part(
                place,
                toCopy,
                toRefer,
                toCopy.stream().map(CopyTask::to).filter(empty::contains).collect(Collectors.toSet()));
    }

    private Optional<PartRun> part(String place) {
        return Optional.ofNullable(parts.get(place));
    }

    @Override
    public void ended(String place, String image, Dispatch.Result result) {
        boolean isOfReferrers =
                result instanceof Dispatch.Result.Referred || result instanceof Dispatch.Result.ReferrersPostponed;
        CopyTask task = (isOfReferrers ? referring : copies).remove(new Key(place, image));
        if (task != null) {
            part(place).ifPresent(part -> take(part, task, result));
        }
    }

    private static void take(PartRun part, CopyTask task, Dispatch.Result result) {
        switch (result) {
            case Dispatch.Result.Copied copied -> {
                CopyTask done = copied.digest().equals(task.digest()) ? task : task.withDigest(copied.digest());
                part.copied(done.storedAs(copied.stored()), copied.refs(), copied.referrers());
            }
            case Dispatch.Result.Referred referred -> part.referred(task, referred.refs(), referred.referrers());
            case Dispatch.Result.Vanished _ -> part.vanished(task);
            case Dispatch.Result.Skipped skipped -> part.skipped(task, skipped.reason());
            case Dispatch.Result.Failed failed -> part.failedAlone(task, failed.reason());
            case Dispatch.Result.Postponed _ -> part.postponed();
            case Dispatch.Result.ReferrersPostponed _ -> part.referrersPostponed();
        }
    }

    @Override
    public void moved(String place, Moved moved) {
        part(place).ifPresent(part -> part.moved(moved));
    }

    @Override
    public void pulled(long bytes) {
        reading.add(new Moved(bytes, 0, 0, 0, 0, 0));
    }

    @Override
    public void abandon(String place, String why) {
        part(place).ifPresent(part -> part.abandon(Optional.of(why)));
    }

    @Override
    public void abandon(String why) {
        parts.values().forEach(part -> part.abandon(Optional.of(why)));
    }

    @Override
    public boolean mustEnd() {
        parts.values().forEach(PartRun::saveIfDue);
        return stop.isGiven() || parts.values().stream().allMatch(PartRun::isAbandoned);
    }

    @Override
    public boolean isGivenUp() {
        return stop.isAbandoned();
    }
}
