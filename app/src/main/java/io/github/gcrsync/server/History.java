package io.github.gcrsync.server;

import java.util.List;
import java.util.Optional;

/** The finished runs, newest first; old ones are forgotten. All methods are thread-safe. */
public interface History {
    /** @param report the JSON of {@code --report}; empty if the run has none */
    void add(Run run, Optional<String> report);

    /** Returns the runs without their reports. */
    List<Run> runs();

    Optional<Run> run(String id);

    /** Returns the report of a run; empty if it has none or is forgotten. */
    Optional<String> report(String id);

    /** Returns the last run of a mirror. */
    default Optional<Run> last(String mirror) {
        return runs().stream().filter(run -> run.mirror().equals(mirror)).findFirst();
    }
}
