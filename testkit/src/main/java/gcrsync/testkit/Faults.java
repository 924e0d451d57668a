package gcrsync.testkit;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** The faults a server was given, in their order. */
final class Faults {
    private final List<Fault> all = new CopyOnWriteArrayList<>();

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
                .map(Fault::action);
    }
}
