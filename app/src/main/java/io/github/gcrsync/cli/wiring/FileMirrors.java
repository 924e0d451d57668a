package io.github.gcrsync.cli.wiring;

import io.github.gcrsync.cli.console.Console;
import io.github.gcrsync.cli.flags.CopyFlags;
import io.github.gcrsync.cli.flags.Options;
import io.github.gcrsync.cluster.Portions;
import io.github.gcrsync.cluster.WorkerMirrors;
import io.github.gcrsync.copy.StopSignal;
import io.github.gcrsync.ledger.MemoryLedger;
import io.github.gcrsync.output.LineWriter;
import io.github.gcrsync.rule.MirrorRule;
import io.github.gcrsync.run.quota.PullQuota;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The mirrors of a worker's file. The file is read for each run. */
public final class FileMirrors implements WorkerMirrors, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FileMirrors.class);

    private final Function<String, Options> options;
    private final CopyFlags copying;
    private final Portions portions;
    private final Console console;
    private final Map<String, Shared> byMirror = new HashMap<>();

    /** @param options the flags of {@code sync} for a mirror, by the present file */
    public FileMirrors(Function<String, Options> options, CopyFlags copying, Portions portions, Console console) {
        this.options = options;
        this.copying = copying;
        this.portions = portions;
        this.console = console;
    }

    @Override
    public synchronized Opened open(String mirror, String run) {
        Shared shared = byMirror.get(mirror);
        if (shared == null || !shared.run.equals(run)) {
            Shared fresh = new Shared(run, mirror);
            if (shared != null) {
                shared.leave();
            }
            byMirror.put(mirror, fresh);
            shared = fresh;
        }
        shared.users++;
        return new OfTask(shared);
    }

    @Override
    public synchronized void keep(Collection<String> runs) {
        byMirror.values().removeIf(shared -> {
            boolean isOld = !runs.contains(shared.run);
            if (isOld) {
                shared.leave();
            }
            return isOld;
        });
    }

    @Override
    public synchronized void disconnect() {
        byMirror.values().forEach(shared -> shared.wiring.disconnect());
    }

    @Override
    public synchronized void close() {
        byMirror.values().forEach(Shared::leave);
        byMirror.clear();
    }

    private final class Shared {
        private final String run;
        private final List<MirrorRule> rules;
        private final Wiring wiring;
        /** Tasks, and the table of mirrors. */
        private int users = 1;

        private Shared(String run, String mirror) {
            this.run = run;
            Options ofMirror = options.apply(mirror);
            this.rules = Rules.of(ofMirror, List.of(mirror));
            this.wiring = new Wiring(ofMirror, rules, console, copying.processLimit, false, portions.of(mirror));
        }

        private void leave() {
            users--;
            if (users == 0) {
                wiring.close();
            }
        }
    }

    private final class OfTask implements Opened {
        private final Shared shared;

        private OfTask(Shared shared) {
            this.shared = shared;
        }

        @Override
        public Bound at(String place) {
            MirrorRule rule = shared.rules.stream()
                    .filter(each -> each.destinationName().text().equals(place))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("its gcrsync.yaml has no destination " + place));
            MemoryLedger ledger = new MemoryLedger(
                    rule.names().recorded(), rule.source().toString(), rule.contentRule(), console.clock());
            return new Bound(shared.wiring.open(rule, ledger).mirror(), ledger);
        }

        @Override
        public PullQuota quota(int images, StopSignal stop) {
            PrintWriter remarks = new PrintWriter(new LineWriter(LOG::warn), true);
            return shared.wiring.quota(shared.rules.getFirst(), images, copying.waitForQuota, stop, remarks);
        }

        @Override
        public void disconnect() {
            shared.wiring.disconnect();
        }

        @Override
        public Duration patience() {
            return console.patience().slowDestination();
        }

        @Override
        public void close() {
            synchronized (FileMirrors.this) {
                shared.leave();
            }
        }
    }
}
