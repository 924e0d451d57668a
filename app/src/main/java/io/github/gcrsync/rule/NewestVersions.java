package io.github.gcrsync.rule;

import io.github.gcrsync.rule.TagSelection.Decision;
import io.github.gcrsync.rule.TagSelection.Per;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Keeps the newest versions of each group of tags. Tags that are always selected do not count. Neither do tags that are
 * held back; those that counted tags already displace are dropped.
 */
record NewestVersions(int most, Per per) {
    /** Versions in an explanation. */
    private static final int SHOWN = 5;

    /** A tag and its version. */
    private record Versioned(String tag, TagVersion version, boolean isHeld) {}

    void narrow(SequencedMap<String, Decision> decisions, Set<String> held) {
        Map<String, List<Versioned>> groups = new HashMap<>();
        Map<String, VersionNumber> longest = new HashMap<>();
        decisions.replaceAll((tag, decision) -> {
            if (!decision.isWanted() || decision.isAlways()) {
                return decision;
            }
            Optional<TagVersion> version = TagVersion.parse(tag);
            version.ifPresent(found -> {
                boolean isHeld = held.contains(tag);
                groups.computeIfAbsent(group(found), _ -> new ArrayList<>()).add(new Versioned(tag, found, isHeld));
                if (!isHeld) {
                    longest.merge(
                            family(found), found.number(), (one, other) -> one.size() < other.size() ? other : one);
                }
            });
            return version.isPresent() ? decision : older(TagSelection.unversioned(tag));
        });
        groups.values()
                .forEach(group -> Optional.ofNullable(
                                longest.get(family(group.getFirst().version())))
                        .ifPresent(full -> narrow(group, full, decisions)));
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
                .filter(each -> !each.isHeld())
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
            } else if (each.isHeld() ? isDisplaced(number, full, kept) : !kept.contains(number)) {
                decisions.put(each.tag(), older(number + " is older than the newest " + kept.size() + ", " + shown));
            } else if (!each.isHeld()) {
                decisions.put(each.tag(), Decision.wanted("newest", number + " is one of the newest: " + shown));
            }
        }
    }

    /** A longer number than those of full versions would make floating tags of them. */
    private boolean isDisplaced(VersionNumber number, VersionNumber full, NavigableSet<VersionNumber> kept) {
        return number.size() == full.size() && kept.size() == most && number.compareTo(kept.first()) < 0;
    }

    private Decision older(String why) {
        return Decision.dropped("newest", "version is not among the newest " + most + " (--newest)", why);
    }
}
