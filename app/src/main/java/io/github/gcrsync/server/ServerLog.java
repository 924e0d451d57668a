package io.github.gcrsync.server;

import io.github.gcrsync.output.JsonEvents;
import io.github.gcrsync.text.Printable;
import java.io.PrintWriter;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/** Prints what the service does: a line for the start and the end of each run, or all events as JSON. */
public final class ServerLog implements Observer {
    private final PrintWriter to;
    private final InstantSource clock;
    private final boolean json;

    public ServerLog(PrintWriter to, InstantSource clock, boolean json) {
        this.to = to;
        this.clock = clock;
        this.json = json;
    }

    @Override
    public void event(String event) {
        if (json) {
            to.println(event);
        }
    }

    @Override
    public void started(Run run) {
        print(run.mirror(), "run " + run.id() + " started (" + run.fields().get("trigger") + ")");
    }

    @Override
    public void ended(Run run, Optional<Mirrors.Outcome> outcome, Optional<ServedMirror> mirror) {
        String counts = run.count("copied") + " copied, " + failed(run) + run.waiting() + " waiting";
        print(
                run.mirror(),
                "run " + run.id() + " ended: " + run.state().word() + ", "
                        + run.error().orElse(counts));
    }

    /** Counts held images only if there are some, because most registries let a tag be overwritten. */
    static String failed(Run run) {
        long held = run.count("held");
        return run.count("failed") + " failed, " + (held > 0 ? held + " held, " : "");
    }

    @Override
    public void skipped(String mirror) {
        print(mirror, "a run was due while the last one was still running; it is skipped");
    }

    @Override
    public void message(String words) {
        print("", words);
    }

    private void print(String mirror, String words) {
        String safe = Printable.of(words);
        if (json) {
            new JsonEvents(to, clock, Optional.of(mirror).filter(name -> !name.isEmpty()))
                    .event("message", Map.of("message", safe));
        } else {
            to.println("gcrsync: " + (mirror.isEmpty() ? "" : mirror + ": ") + safe);
        }
    }
}
