package io.github.gcrsync.rule;

import io.github.gcrsync.rule.TagSelection.Decision;
import io.github.gcrsync.rule.TagSelection.Per;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Keeps the newest versions of each group of tags. Tags that are always selected do not count. */
record NewestVersions(int most, Per per) {
    /** Versions in an explanation. */
    private static final int SHOWN = 5;

    /** A tag and its version. */
    private record Versioned(String tag, TagVersion version) {}

    void narrow(SequencedMap<String, Decision> decisions) {
        Map<String, List<Versioned>> groups = new HashMap<>();
        Map<String, VersionNumber> longest = new HashMap<>();
        decisions.replaceAll((tag, decision) -> {
            if (!decision.isWanted() || decision.step().equals("always")) {
                return decision;
            }
            Optional<TagVersion> version = TagVersion.parse(tag);
            version.ifPresent(found -> {
                groups.computeIfAbsent(group(found), _ -> new ArrayList<>()).add(new Versioned(tag, found));
                longest.merge(family(found), found.number(), (one, other) -> one.size() < other.size() ? other : one);
            });
            return version.isPresent() ? decision : older(TagSelection.unversioned(tag));
        });
        groups.values()
                .forEach(group -> narrow(
                        group,
                        Objects.requireNonNull(
                                longest.get(family(group.getFirst().version()))),
                        decisions));
    }

    /** Returns the group whose longest number defines a full version. */
    private String family(TagVersion version) {
        return per == Per.REPOSITORY ? "" : version.variant();
    }

    private String group(TagVersion version) {
        return switch (per) {
            case VARIANT -> version.variant();
            case MINOR -> version.number().first(2) + " " + version.variant();
            case REPOSITORY -> "";
        };
    }

    /** @param full with the number of parts of a full version; floating tags such as 1.27 have fewer and point to one */
    private void narrow(List<Versioned> group, VersionNumber full, Map<String, Decision> decisions) {
        NavigableSet<VersionNumber> kept = group.stream()
                .map(each -> each.version().number())
                .filter(number -> number.size() == full.size())
                .collect(Collectors.toCollection(TreeSet::new))
                .descendingSet()
                .stream()
                .limit(most)
                .collect(Collectors.toCollection(TreeSet::new));
        String shown =
                TagSelection.joined(kept.descendingSet().stream().limit(SHOWN).toList())
                        + (kept.size() > SHOWN ? ", ..." : "");
        for (Versioned each : group) {
            VersionNumber number = each.version().number();
            if (number.size() < full.size()) {
                decisions.put(each.tag(), older(number + " is not a full version such as " + full));
            } else if (!kept.contains(number)) {
                decisions.put(each.tag(), older(number + " is older than the newest " + kept.size() + ", " + shown));
            } else {
                decisions.put(each.tag(), Decision.wanted("newest", number + " is one of the newest: " + shown));
            }
        }
    }

    private Decision older(String why) {
        return Decision.dropped("newest", "version is not among the newest " + most + " (--newest)", why);
    }
}
