package io.github.gcrsync.testkit;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** The configured faults of a server, in order, and its random ones. */
final class Faults {
    private final List<Fault> all = new CopyOnWriteArrayList<>();
    private final Optional<Chaos> chaos;

    Faults() {
        chaos = Optional.empty();
    }

    Faults(Chaos chaos) {
        this.chaos = Optional.of(chaos);
    }

    boolean refusesConnection() {
        return chaos.map(Chaos::refusesConnection).orElse(false);
    }

    void add(Fault fault) {
        all.add(fault);
    }

    void clear() {
        all.clear();
    }

    Optional<Fault.Action> strike(String method, String path) {
        return all.stream()
                .filter(fault -> fault.strikes(method, path))
                .findFirst()
                .map(Fault::action)
                .or(() -> chaos.flatMap(random -> random.strike(method, path)));
    }
}
