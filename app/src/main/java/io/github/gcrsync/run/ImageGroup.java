package io.github.gcrsync.run;

import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.plan.CopyTask;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One image of the source, for the destinations that lack it.
 *
 * @param copies still to make; shrinks
 */
record ImageGroup(List<Copy> copies) {
    /** The copy to one destination. */
    record Copy(PartRun part, CopyTask task) {}

    private record Key(RepositoryName from, String tag, Digest digest, boolean isPinned) {}

    /**
     * Returns first the images that several destinations lack, and last those of the destination that lacks most alone: if
     * it is slow, the others have theirs by then. Quarantined ones come at the very end.
     */
    static List<ImageGroup> of(List<PartRun> parts) {
        Map<Key, ImageGroup> groups = new LinkedHashMap<>();
        for (PartRun part : parts) {
            for (CopyTask task : part.plan().toCopy()) {
                groups.computeIfAbsent(
                                new Key(task.from(), task.tag(), task.digest(), task.isPinned()),
                                _ -> new ImageGroup(new ArrayList<>()))
                        .copies()
                        .add(new Copy(part, task));
            }
        }
        List<ImageGroup> first = new ArrayList<>();
        List<ImageGroup> last = new ArrayList<>();
        Map<PartRun, Integer> alone = new HashMap<>();
        groups.values().stream()
                .filter(group -> group.copies().size() == 1)
                .forEach(group -> alone.merge(group.copies().getFirst().part(), 1, Integer::sum));
        interleaved(List.copyOf(groups.values())).stream()
                .sorted(Comparator.comparingInt(group -> group.copies().size() > 1
                        ? 0
                        : alone.getOrDefault(group.copies().getFirst().part(), 0)))
                .forEach(group -> (group.isQuarantined() ? last : first).add(group));
        first.addAll(last);
        return first;
    }

    /**
     * Returns the first image of each repository, then the second of each, and so on. Images of one repository share
     * most layers, so at the same time they would only wait for each other.
     */
    static List<ImageGroup> interleaved(List<ImageGroup> groups) {
        Map<RepositoryName, Integer> seen = new HashMap<>();
        List<List<ImageGroup>> rounds = new ArrayList<>();
        for (ImageGroup group : groups) {
            int round = seen.merge(group.task().from(), 1, Integer::sum) - 1;
            if (round == rounds.size()) {
                rounds.add(new ArrayList<>());
            }
            rounds.get(round).add(group);
        }
        return rounds.stream().flatMap(List::stream).toList();
    }

    /** Returns the task of any destination: they differ only in what concerns it. */
    CopyTask task() {
        return copies.getFirst().task();
    }

    private boolean isQuarantined() {
        return copies.stream().anyMatch(copy -> copy.part().isQuarantined(copy.task()));
    }
}
