package io.github.gcrsync.server;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.zone.ZoneOffsetTransition;
import java.util.Optional;

/**
 * The five fields of cron, in a time zone; the only user of cron-utils. What is due in the hour that summer time skips
 * runs at the end of that hour.
 */
final class Cron implements Schedule {
    private final ExecutionTime times;
    private final ZoneId zone;

    private Cron(ExecutionTime times, ZoneId zone) {
        this.times = times;
        this.zone = zone;
    }

    /** @throws IllegalArgumentException if the text is not five valid fields */
    static Cron parse(String text, ZoneId zone) {
        try {
            CronParser parser = new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));
            ExecutionTime times = ExecutionTime.forCron(parser.parse(text).validate());
            if (times.nextExecution(ZonedDateTime.now(zone)).isEmpty()) {
                throw new IllegalArgumentException("there is no such day");
            }
            return new Cron(times, zone);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a schedule of cron: "
                            + String.valueOf(e.getMessage()).strip(),
                    e);
        }
    }

    @Override
    public Optional<Instant> first(Instant start) {
        return after(start);
    }

    @Override
    public Optional<Instant> after(Instant due) {
        Optional<Instant> next = times.nextExecution(due.atZone(zone)).map(ZonedDateTime::toInstant);
        return next.map(at -> skipped(due, at).orElse(at));
    }

    /** Returns the first end of a gap of the local time (summer time begins) that has one of the times in it. */
    private Optional<Instant> skipped(Instant due, Instant next) {
        ZoneOffsetTransition change = zone.getRules().nextTransition(due);
        while (change != null && change.getInstant().isBefore(next)) {
            if (change.isGap()) {
                ZonedDateTime gap = change.getDateTimeBefore().atZone(ZoneOffset.UTC);
                ZonedDateTime end = change.getDateTimeAfter().atZone(ZoneOffset.UTC);
                if (times.nextExecution(gap.minusNanos(1)).filter(end::isAfter).isPresent()) {
                    return Optional.of(change.getInstant());
                }
            }
            change = zone.getRules().nextTransition(change.getInstant());
        }
        return Optional.empty();
    }
}
