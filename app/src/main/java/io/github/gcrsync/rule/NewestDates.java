package io.github.gcrsync.rule;

import io.github.gcrsync.content.Listing.ListedTag;
import io.github.gcrsync.rule.TagSelection.Decision;
import io.github.gcrsync.rule.TagSelection.Per;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;

/**
 * Keeps the tags of each group that were pushed last; a tag without a push date counts as the oldest. Tags that are
 * always selected do not count. Neither do tags that are
 * held back; those that counted tags already displace are dropped.
 */
record NewestDates(int most, Per per) {
    private static final Comparator<Dated> LAST_FIRST =
            Comparator.comparing(Dated::date).reversed().thenComparing(Dated::tag);

    /** A tag and the time of its last push. */
    private record Dated(String tag, Optional<Instant> pushed, boolean isHeld) {
        Instant date() {
            return pushed.orElse(Instant.MIN);
        }
    }

    void narrow(SequencedMap<String, Decision> decisions, List<ListedTag> tags, Set<String> held) {
        Map<String, List<Dated>> groups = new HashMap<>();
        for (ListedTag tag : tags) {
            Decision decision = decisions.get(tag.tag());
            if (decision != null && decision.isWanted() && !decision.isAlways()) {
                groups.computeIfAbsent(group(tag.tag()), _ -> new ArrayList<>())
                        .add(new Dated(tag.tag(), TagAges.pushed(tag), held.contains(tag.tag())));
            }
        }
        groups.values().forEach(group -> narrow(group, decisions));
    }

    /** Tags without a version are a group of their own. */
    private String group(String tag) {
        return per == Per.REPOSITORY
                ? ""
                : TagVersion.parse(tag)
                        .map(version -> per == Per.MINOR
                                ? version.number().first(2) + " " + version.variant()
                                : version.variant())
                        .orElse("-");
    }

    private void narrow(List<Dated> group, Map<String, Decision> decisions) {
        List<Dated> kept = group.stream()
                .filter(each -> !each.isHeld())
                .sorted(LAST_FIRST)
                .limit(most)
                .toList();
        for (Dated each : group) {
            if (kept.size() == most && LAST_FIRST.compare(kept.getLast(), each) < 0) {
                decisions.put(
                        each.tag(),
                        Decision.dropped(
                                "newest",
                                "tag is not among the last " + most + " pushed (--newest, --by date)",
                                when(each) + ", before " + kept.getLast().tag()));
            } else if (!each.isHeld()) {
                decisions.put(each.tag(), Decision.wanted("newest", when(each) + ", one of the last " + most));
            }
        }
    }

    private static String when(Dated tag) {
        return tag.pushed()
                .map(date -> "pushed at " + date)
                .orElse("its push date is unknown and counts as the oldest");
    }
}
