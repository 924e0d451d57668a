package io.github.gcrsync.server;

import java.util.Optional;

/** Sees what the service does. The methods are called by several threads, and must not block. */
public interface Observer {
    /** @param event of a run, as {@code --log-format json} prints it */
    default void event(String event) {}

    default void started(Run run) {}

    /**
     * @param outcome empty if the run was stopped before it began
     * @param mirror empty if the file no longer has it
     */
    default void ended(Run run, Optional<Mirrors.Outcome> outcome, Optional<ServedMirror> mirror) {}

    /** A run was due while the mirror was still running. */
    default void skipped(String mirror) {}

    /** @param words about the service itself, one line */
    default void message(String words) {}
}
