package io.github.gcrsync.server.fleet;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The workers that copy for a service, and their tasks. */
public interface Fleet {
    /** Returns what was known a few seconds ago, without waiting; empty if nothing can be known at the moment. */
    Optional<State> state();

    /**
     * @param workers that live
     * @param tasks by mirror, without mirrors that have none
     */
    record State(List<Worker> workers, List<Tasks> tasks) {
        public static final State NOTHING = new State(List.of(), List.of());

        public int queued() {
            return tasks.stream().mapToInt(Tasks::queued).sum();
        }

        public int running() {
            return tasks.stream().mapToInt(Tasks::running).sum();
        }

        /** Whether tasks wait for somebody to start a worker. */
        public boolean lacksWorkers() {
            return workers.isEmpty() && !tasks.isEmpty();
        }
    }

    /** @param seen when it last reported */
    record Worker(String name, Instant since, Instant seen, List<Task> tasks) {
        /** Returns the fields as the API shows them. */
        public Map<String, Object> fields() {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("name", name);
            fields.put("since", since);
            fields.put("seen", seen);
            fields.put("tasks", tasks.stream().map(Task::fields).toList());
            return fields;
        }
    }

    /**
     * A task in progress.
     *
     * @param mirror empty if its run has ended without it
     */
    record Task(Optional<String> mirror, String repository) {
        private Map<String, @Nullable Object> fields() {
            Map<String, @Nullable Object> fields = new LinkedHashMap<>();
            fields.put("mirror", mirror.orElse(null));
            fields.put("repository", repository);
            return fields;
        }
    }

    /** How many tasks of a mirror wait and are in progress. */
    record Tasks(String mirror, int queued, int running) {
        /** Returns the fields as the API shows them. */
        public Map<String, Object> fields() {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("mirror", mirror);
            fields.put("queued", queued);
            fields.put("running", running);
            return fields;
        }
    }
}
