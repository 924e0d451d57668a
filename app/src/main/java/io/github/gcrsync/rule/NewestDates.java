package io.github.gcrsync.rule;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Listing.ListedTag;
import io.github.gcrsync.rule.TagSelection.Decision;
import io.github.gcrsync.rule.TagSelection.Per;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/** Keeps the tags of each group that were pushed last. Tags that are always selected do not count. */
record NewestDates(int most, Per per) {
    /** A tag and the time of its last push. */
    private record Dated(String tag, Instant pushed) {}

    /** @throws ContentException.Unsupported if a tag has no date */
    void narrow(SequencedMap<String, Decision> decisions, List<ListedTag> tags) {
        Map<String, List<Dated>> groups = new HashMap<>();
        for (ListedTag tag : tags) {
            Decision decision = decisions.get(tag.tag());
            if (decision != null && decision.isWanted() && !decision.step().equals("always")) {
                Instant pushed = tag.pushed()
                        .orElseThrow(() -> new ContentException.Unsupported(
                                "the registry lists no date for " + tag.tag() + "; choose the newest by version"));
                groups.computeIfAbsent(group(tag.tag()), _ -> new ArrayList<>()).add(new Dated(tag.tag(), pushed));
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
        group.sort(Comparator.comparing(Dated::pushed).reversed().thenComparing(Dated::tag));
        for (int i = 0; i < group.size(); i++) {
            Dated each = group.get(i);
            String pushed = "pushed at " + each.pushed();
            decisions.put(
                    each.tag(),
                    i < most
                            ? Decision.wanted("newest", pushed + ", one of the last " + most)
                            : Decision.dropped(
                                    "newest",
                                    "tag is not among the last " + most + " pushed (--newest, --by date)",
                                    pushed + ", before " + group.get(most - 1).tag()));
        }
    }
}
