package io.github.gcrsync.server;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Optional;

/** The five fields of cron, in a time zone. The only user of cron-utils. */
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
            return new Cron(ExecutionTime.forCron(parser.parse(text).validate()), zone);
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
        return times.nextExecution(due.atZone(zone)).map(ZonedDateTime::toInstant);
    }
}
