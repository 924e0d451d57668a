package io.github.gcrsync.cluster;

import io.github.gcrsync.copy.StopSignal;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** The tasks that a worker is copying. Thread-safe. */
final class ActiveTasks {
    private final Set<Active> active = ConcurrentHashMap.newKeySet();
    /** Blobs in flight may take this long once nobody needs them. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private volatile boolean isClosing;

    /** One execution of a task. */
    static final class Active {
        private final String id;
        private final StopSignal stop = new StopSignal();
        private volatile boolean unwanted;
        private long dropped;

        private Active(String id) {
            this.id = id;
        }

        StopSignal stop() {
            return stop;
        }

        /** Whether its run has ended or is stopping, or another worker has taken the task over. */
        boolean isUnwanted() {
            return unwanted;
        }

        synchronized void drop() {
            if (!unwanted) {
                unwanted = true;
                dropped = System.nanoTime();
                stop.give();
            }
        }

        private synchronized void cut() {
            if (System.nanoTime() - dropped > PATIENCE.toNanos() && !stop.isAbandoned()) {
                stop.abandon();
            }
        }
    }

    Active begin(String id) {
        Active task = new Active(id);
        active.add(task);
        if (isClosing) {
            task.stop.give();
        }
        return task;
    }

    void end(Active task) {
        active.remove(task);
    }

    boolean areEnding() {
        return isClosing;
    }

    List<Active> list() {
        return List.copyOf(active);
    }

    static List<String> ids(List<Active> tasks) {
        return tasks.stream().map(task -> task.id).distinct().toList();
    }

    /**
     * Drops those of the tasks that are not wanted; later, gives up what is in flight for runs that have ended.
     *
     * @param runs that go on
     */
    static void keep(List<Active> tasks, List<String> wanted, List<String> runs) {
        for (Active task : tasks) {
            if (!wanted.contains(task.id)) {
                task.drop();
                if (!runs.contains(RunTasks.runOf(task.id))) {
                    task.cut();
                }
            }
        }
    }

    /** Ends all tasks after the blobs in flight. */
    void close() {
        isClosing = true;
        each(StopSignal::give);
    }

    /** Gives up the blobs in flight. */
    void abandon() {
        each(StopSignal::abandon);
    }

    private void each(Consumer<StopSignal> action) {
        active.forEach(task -> action.accept(task.stop));
    }
}
