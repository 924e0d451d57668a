package io.github.gcrsync.server;

import io.github.gcrsync.output.BatchRecord;
import io.github.gcrsync.state.WaitingImage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The mirrors of the file in use, with the state of their runs. All methods are thread-safe. */
final class MirrorTable {
    /** A mirror, and what is known about its runs. */
    private static final class Entry {
        private ServedMirror mirror;
        private Optional<Instant> next;
        private Optional<Run> last = Optional.empty();
        private Optional<Run> counted = Optional.empty();
        private Optional<WaitingImage> oldestWaiting = Optional.empty();
        private long skipped;
        private @Nullable ActiveRun active;
        /** Whether the file no longer has the mirror, whose run has not ended. */
        private boolean removed;

        private Entry(ServedMirror mirror, Optional<Instant> next) {
            this.mirror = mirror;
            this.next = next;
        }

        private void ended(Run run) {
            last = Optional.of(run);
            if (run.state() != Run.State.FAILED && run.exitCode().isPresent()) {
                counted = last;
            }
        }

        private MirrorStatus status() {
            Optional<Run> current = Optional.ofNullable(active).map(ActiveRun::run);
            return new MirrorStatus(mirror, current, last, counted, next, skipped, oldestWaiting, List.of());
        }
    }

    private final History history;
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    MirrorTable(History history) {
        this.history = history;
    }

    /** Takes over the mirrors of a file. One whose schedule stays keeps its next time. */
    synchronized void take(Mirrors.Snapshot file, Instant now) {
        Map<String, Entry> before = new LinkedHashMap<>(entries);
        entries.clear();
        for (ServedMirror mirror : file.mirrors()) {
            Optional<Instant> first = mirror.schedule().flatMap(schedule -> schedule.first(now));
            Entry entry = before.remove(mirror.name());
            if (entry == null) {
                entry = created(mirror, first);
            } else if (entry.removed || !entry.mirror.scheduleText().equals(mirror.scheduleText())) {
                entry.next = first;
            }
            entry.mirror = mirror;
            entry.oldestWaiting = file.oldestWaiting(mirror.name());
            entry.removed = false;
            entries.put(mirror.name(), entry);
        }
        before.forEach((name, entry) -> {
            if (entry.active != null) {
                entry.removed = true;
                entry.next = Optional.empty();
                entries.put(name, entry);
            }
        });
    }

    private Entry created(ServedMirror mirror, Optional<Instant> first) {
        Entry entry = new Entry(mirror, first);
        history.runs().reversed().stream()
                .filter(run -> run.mirror().equals(mirror.name()))
                .forEach(entry::ended);
        return entry;
    }

    /** Returns the mirrors in the order of the file. */
    synchronized List<MirrorStatus> mirrors() {
        return present().map(Entry::status).toList();
    }

    private Stream<Entry> present() {
        return entries.values().stream().filter(entry -> !entry.removed);
    }

    /** Returns the runs that have not ended. */
    synchronized List<ActiveRun> active() {
        List<ActiveRun> active = new ArrayList<>();
        entries.values().forEach(entry -> Optional.ofNullable(entry.active).ifPresent(active::add));
        return active;
    }

    /** Returns the run of a mirror that has not ended. */
    synchronized Optional<ActiveRun> active(String mirror) {
        return Optional.ofNullable(entries.get(mirror)).flatMap(entry -> Optional.ofNullable(entry.active));
    }

    synchronized boolean contains(String mirror) {
        return present().anyMatch(entry -> entry.mirror.name().equals(mirror));
    }

    /** Makes this the run of its mirror; returns whether it had none. */
    synchronized boolean begin(ActiveRun run) {
        Entry entry = entries.get(run.mirror());
        if (entry == null || entry.active != null) {
            return false;
        }
        entry.active = run;
        return true;
    }

    /** @param batch empty: the run left the images as they were */
    synchronized void ended(Run run, Optional<BatchRecord> batch) {
        Entry entry = entries.get(run.mirror());
        if (entry != null) {
            entry.active = null;
            entry.ended(run);
            batch.flatMap(all -> all.mirrors().stream().findFirst())
                    .ifPresent(mirror -> entry.oldestWaiting = mirror.oldestWaiting());
            if (entry.removed) {
                entries.remove(run.mirror());
            }
        }
    }

    /** Returns the mirrors whose time has come, and sets their next one. Times that have passed are not made up for. */
    synchronized List<String> due(Instant now) {
        List<String> due = new ArrayList<>();
        for (Entry entry : entries.values()) {
            Instant time = entry.next.orElse(Instant.MAX);
            if (!time.isAfter(now)) {
                due.add(entry.mirror.name());
                Schedule schedule = entry.mirror.schedule().orElseThrow();
                entry.next =
                        schedule.after(time).filter(next -> next.isAfter(now)).or(() -> schedule.after(now));
            }
        }
        return due;
    }

    /** Counts a run that was due while the mirror was still running. */
    synchronized void skip(String mirror) {
        Entry entry = entries.get(mirror);
        if (entry != null) {
            entry.skipped++;
        }
    }
}
