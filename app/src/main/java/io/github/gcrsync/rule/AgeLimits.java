package io.github.gcrsync.rule;

import io.github.gcrsync.content.Listing.ListedTag;
import io.github.gcrsync.rule.TagSelection.Decision;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * The ages of tags to select. An age of zero is no limit.
 *
 * @param min younger tags are held back; a later run selects them
 * @param firstRun what {@code min} does with the tags that the first run of a repository finds
 * @param max older tags, and those without a push date, are dropped
 */
public record AgeLimits(Optional<Duration> min, FirstRun firstRun, Optional<Duration> max) {
    public static final AgeLimits NONE = new AgeLimits(Optional.empty(), FirstRun.ACCEPT, Optional.empty());

    /** Whether the first run counts the tags that it finds as old enough. */
    public enum FirstRun {
        ACCEPT,
        WAIT
    }

    /** @throws IllegalArgumentException if no tag could ever be selected */
    public AgeLimits {
        min = min.filter(Duration::isPositive);
        max = max.filter(Duration::isPositive);
        if (min.isPresent() && max.isPresent() && min.get().compareTo(max.get()) >= 0) {
            throw new IllegalArgumentException("min-age " + shown(min.get()) + " is not shorter than max-age "
                    + shown(max.get()) + ", so no tag would ever be selected; change one of them");
        }
    }

    boolean areSet() {
        return min.isPresent() || max.isPresent();
    }

    /** Returns until when each wanted tag that is too young is held back. */
    Map<String, Instant> held(Map<String, Decision> decisions, List<ListedTag> tags, TagAges ages) {
        Map<String, Instant> held = new HashMap<>();
        min.ifPresent(least -> tags.stream()
                .filter(tag -> isWanted(decisions, tag))
                .forEach(tag -> ages.heldUntil(tag, least).ifPresent(until -> held.put(tag.tag(), until))));
        return held;
    }

    /** Drops tags that are too old, or will be when they are no longer held back. */
    void dropOld(
            SequencedMap<String, Decision> decisions, List<ListedTag> tags, Map<String, Instant> held, TagAges ages) {
        max.ifPresent(most -> tags.stream()
                .filter(tag -> isWanted(decisions, tag) && !isAlways(decisions, tag))
                .forEach(tag -> {
                    Instant oldest = held.getOrDefault(tag.tag(), ages.now()).minus(most);
                    Optional<Instant> pushed = TagAges.pushed(tag);
                    if (pushed.isEmpty() || pushed.get().isBefore(oldest)) {
                        String why = pushed.map(date -> "pushed at " + date + ", more than " + shown(most) + " ago")
                                .orElse("its push date is unknown and counts as old");
                        decisions.put(
                                tag.tag(),
                                Decision.dropped("max-age", "tag is older than " + shown(most) + " (--max-age)", why));
                    }
                }));
    }

    /** Replaces the decision for each tag that is held back and that no step dropped. */
    void holdBack(SequencedMap<String, Decision> decisions, List<ListedTag> tags, Map<String, Instant> held) {
        min.ifPresent(least -> tags.stream()
                .filter(tag -> held.containsKey(tag.tag()) && isWanted(decisions, tag))
                .forEach(tag ->
                        decisions.put(tag.tag(), heldBack(tag, least, held.getOrDefault(tag.tag(), Instant.MAX)))));
    }

    private static Decision heldBack(ListedTag tag, Duration least, Instant until) {
        Instant since = until.minus(least);
        boolean isPushed = TagAges.pushed(tag).filter(since::equals).isPresent();
        return Decision.heldBack(
                until,
                "tag is younger than " + shown(least) + " (--min-age)",
                "held back until " + until + ": " + (isPushed ? "pushed" : "first seen") + " at " + since);
    }

    private static boolean isWanted(Map<String, Decision> decisions, ListedTag tag) {
        Decision decision = decisions.get(tag.tag());
        return decision != null && decision.isWanted();
    }

    private static boolean isAlways(Map<String, Decision> decisions, ListedTag tag) {
        Decision decision = decisions.get(tag.tag());
        return decision != null && decision.isAlways();
    }

    /** Returns an age such as {@code 1d12h}. */
    static String shown(Duration age) {
        String shown = (age.toDays() + "d" + age.toHoursPart() + "h" + age.toMinutesPart() + "m" + age.toSecondsPart()
                        + "s")
                .replaceAll("(?<!\\d)0[dhms]", "");
        return shown.isEmpty() ? "0s" : shown;
    }
}
