package io.github.gcrsync.cli.execution;

import io.github.gcrsync.cli.console.ExitCode;
import io.github.gcrsync.cli.flags.CopyFlags;
import io.github.gcrsync.cli.flags.NotStartedException;
import io.github.gcrsync.cli.wiring.OpenMirror;
import io.github.gcrsync.cli.wiring.Wiring;
import io.github.gcrsync.copy.BlobClaims;
import io.github.gcrsync.copy.CopyException;
import io.github.gcrsync.copy.Side;
import io.github.gcrsync.copy.StopSignal;
import io.github.gcrsync.ledger.LedgerException;
import io.github.gcrsync.mirror.Mirror;
import io.github.gcrsync.mirror.Planned;
import io.github.gcrsync.plan.Plan;
import io.github.gcrsync.plan.Trust;
import io.github.gcrsync.rule.MirrorRule;
import io.github.gcrsync.rule.NameCollisionException;
import io.github.gcrsync.run.Dispatch;
import io.github.gcrsync.run.MirrorRun;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Lists, plans, copies and records one mirror at all its destinations. */
public final class MirrorSync {
    private final Settings settings;

    /**
     * @param force whether to copy recorded images again
     * @param patience with a destination that holds up the others
     * @param dispatch copies the images; empty: this process does
     */
    public record Settings(
            CopyFlags copying, boolean force, boolean debug, Duration patience, Optional<Dispatch> dispatch) {}

    public MirrorSync(Settings settings) {
        this.settings = settings;
    }

    /** Returns an exit code for each destination. */
    public List<Integer> run(List<OpenMirror> mirror, Wiring wiring, StopSignal stop, RunOutput output) {
        if (stop.isGiven()) {
            throw new NotStartedException("the run was stopped before this mirror");
        }
        MirrorRule rule = mirror.getFirst().rule();
        MirrorOutput progress = output.begin(rule, wiring, settings.debug());
        Map<OpenMirror, Plan> plans = new LinkedHashMap<>();
        Map<OpenMirror, RuntimeException> failed = new LinkedHashMap<>();
        for (OpenMirror each : mirror) {
            try {
                plans.put(each, plan(each.mirror()));
            } catch (CopyException | LedgerException | NameCollisionException e) {
                if (mirror.size() == 1 || (e instanceof CopyException copy && copy.side() == Side.SOURCE)) {
                    throw e;
                }
                failed.put(each, e);
            }
        }
        List<Integer> codes = new ArrayList<>();
        failed.forEach((each, reason) -> {
            output.notStarted(each.rule(), StartFailure.words(reason));
            codes.add(ExitCode.NOT_STARTED);
        });
        if (plans.isEmpty()) {
            return codes;
        }
        List<MirrorOutput.Destination> destinations = progress.destinations(List.copyOf(plans.keySet()));
        List<Planned> planned = destinations.stream()
                .map(each -> new Planned(
                        each.mirror().mirror(),
                        Objects.requireNonNull(plans.get(each.mirror())),
                        each.listener(),
                        true))
                .toList();
        int images = plans.values().stream()
                .mapToInt(plan ->
                        // Most have no referrers, which costs no pull.
                        plan.toCopy().size() + Math.min(1, plan.referring().size()))
                .max()
                .orElse(0);
        MirrorRun.Result result = Mirror.run(
                planned,
                new MirrorRun.Settings(
                        wiring.imagesAtATime(),
                        settings.copying().checkpoint,
                        wiring.quota(rule, images, settings.copying().waitForQuota, stop, output.remarks()),
                        stop,
                        settings.patience(),
                        settings.dispatch(),
                        BlobClaims.NONE));
        codes.addAll(output.finished(result, destinations, wiring));
        return codes;
    }

    private Plan plan(Mirror mirror) {
        return mirror.plan(settings.force() ? Trust.COPY_AGAIN : mirror.trust());
    }
}
