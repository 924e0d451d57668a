package io.github.gcrsync.server;

import io.github.gcrsync.config.MirrorDefinition;
import io.github.gcrsync.config.MirrorSchedule;
import io.github.gcrsync.config.Notification;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A mirror of the file.
 *
 * @param scheduleText as written in the file
 * @param schedule empty: it runs on demand
 * @param destinations in the order of the file
 */
public record ServedMirror(
        String name,
        String source,
        List<String> destinations,
        Optional<String> scheduleText,
        Optional<Schedule> schedule,
        Optional<Notification> notification) {
    public ServedMirror {
        destinations = List.copyOf(destinations);
    }

    /** @throws IllegalArgumentException if the schedule is not one of cron, of which a file is only checked for the form */
    public static ServedMirror of(MirrorDefinition mirror) {
        Optional<MirrorSchedule> written = mirror.schedule();
        return new ServedMirror(
                mirror.name(),
                mirror.rules().getFirst().source().toString(),
                mirror.rules().stream()
                        .map(rule -> rule.destination().toString())
                        .toList(),
                written.map(schedule -> schedule.text()
                        + schedule.zone().map(zone -> " " + zone).orElse("")),
                written.map(schedule -> Schedule.of(schedule, ZoneId.systemDefault())),
                mirror.notification());
    }

    /** Returns an error for each schedule that is not one of cron. */
    public static List<String> scheduleErrors(List<MirrorDefinition> mirrors) {
        List<String> errors = new ArrayList<>();
        mirrors.stream().flatMap(mirror -> mirror.schedule().stream()).forEach(written -> {
            try {
                Schedule.of(written, ZoneId.systemDefault());
            } catch (IllegalArgumentException e) {
                errors.add(written.at() + ": 'schedule': " + e.getMessage());
            }
        });
        return errors;
    }
}
