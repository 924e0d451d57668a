package io.github.gcrsync.server;

import io.github.gcrsync.config.Ages;
import io.github.gcrsync.config.MirrorSchedule;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** When a mirror runs. */
public sealed interface Schedule permits Schedule.Every, Cron {
    /** Returns the time of the first run of a server that starts at this time. */
    Optional<Instant> first(Instant start);

    /** Returns the time of the run after the one that was due at this time; empty if there is none. */
    Optional<Instant> after(Instant due);

    /**
     * Reads a schedule.
     *
     * @param machine the zone of cron fields without their own
     * @throws IllegalArgumentException if the fields are not those of cron
     */
    static Schedule of(MirrorSchedule written, ZoneId machine) {
        return written.text().startsWith(MirrorSchedule.EVERY)
                ? new Every(Ages.parse(written.text().substring(MirrorSchedule.EVERY.length())))
                : Cron.parse(written.text(), written.zone().orElse(machine));
    }

    /** An interval. Up to a tenth of it is added at random, so that mirrors do not keep running at the same time. */
    record Every(Duration interval) implements Schedule {
        private static final Duration MOST_JITTER = Duration.ofMinutes(5);

        @Override
        public Optional<Instant> first(Instant start) {
            return Optional.of(start);
        }

        @Override
        public Optional<Instant> after(Instant due) {
            long most = Math.min(interval.toMillis() / 10, MOST_JITTER.toMillis());
            return Optional.of(
                    due.plus(interval).plusMillis(ThreadLocalRandom.current().nextLong(most + 1)));
        }
    }
}
