package io.github.gcrsync.server;

import io.github.gcrsync.config.Notification;
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
}
