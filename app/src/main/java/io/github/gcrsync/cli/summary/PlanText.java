package io.github.gcrsync.cli.summary;

import io.github.gcrsync.content.Location;
import io.github.gcrsync.ledger.Recorded;
import io.github.gcrsync.output.Advice;
import io.github.gcrsync.plan.CopyTask;
import io.github.gcrsync.plan.Failure;
import io.github.gcrsync.plan.Forecast;
import io.github.gcrsync.plan.Plan;
import io.github.gcrsync.rule.Excluded;
import io.github.gcrsync.state.Suspect;
import io.github.gcrsync.text.Printable;
import io.github.gcrsync.text.Sizes;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Prints a plan. */
public final class PlanText {
    private final PrintWriter out;
    private final boolean verbose;

    /** @param verbose whether to list images that would only be recorded or are excluded */
    public PlanText(PrintWriter out, boolean verbose) {
        this.out = out;
        this.verbose = verbose;
    }

    public void print(Plan plan, List<Recorded> lost, Location destination) {
        plan.toCopy().forEach(task -> out.printf("  copy  %s  (%s)%n", route(task, destination), task.reason()));
        if (verbose) {
            plan.ways().forEach((name, way) -> out.printf("  listed  %s  (%s)%n", name, way));
            plan.toAdopt().forEach(task -> out.printf("  record  %s  (already there)%n", route(task, destination)));
            excluded(plan.excluded());
        }
        plan.referring().forEach(task -> out.printf("  referrers  %s  (to look at)%n", route(task, destination)));
        plan.tooYoung()
                .forEach(held -> out.printf("  wait  %s  (held back until %s)%n", Summary.key(held), held.until()));
        for (Suspect suspect : plan.heldBack()) {
            out.printf("  quarantined  %s  (%s)%n", Printable.of(suspect.image()), Summary.text(suspect));
        }
        for (Failure failure : plan.failures()) {
            out.printf(
                    "  FAIL  %s  %s: %s%n",
                    Printable.of(failure.what()),
                    Advice.side(failure),
                    Printable.of(String.valueOf(failure.reason().getMessage())));
            out.printf("        what to do: %s%n", Advice.on(failure));
        }
        plan.gone().forEach(image -> out.printf("  gone  %s  (listed by the source, but deleted there)%n", image));
        lost.forEach(image -> out.printf("  lost  %s  (gone on both sides)%n", image.image()));
        out.printf(
                "%d to copy, %d up to date, %d already there, %d excluded, %d waiting for later runs, %d failed%s%s%s%s%n",
                plan.toCopy().size(),
                plan.upToDate(),
                plan.toAdopt().size(),
                plan.excluded().count(),
                plan.waiting().size(),
                plan.failures().size(),
                plan.tooYoung().isEmpty() ? "" : ", " + plan.tooYoung().size() + " held back",
                plan.heldBack().isEmpty() ? "" : ", " + plan.heldBack().size() + " quarantined",
                plan.referring().isEmpty() ? "" : ", " + plan.referring().size() + " to look at for referrers",
                plan.kept() == 0 ? "" : ", " + plan.kept() + " moved and kept as mirrored");
        ways(plan);
        if (!verbose && plan.excluded().count() > 0) {
            out.println("excluded (--verbose lists all):");
            new Summary(out).excluded(plan.excluded());
        }
    }

    /** Prints how the digests of the source were read. */
    private void ways(Plan plan) {
        Map<String, Integer> counts = new TreeMap<>();
        plan.ways().values().forEach(way -> counts.merge(way.toString(), 1, Integer::sum));
        if (!counts.isEmpty()) {
            out.println(counts.entrySet().stream()
                    .map(way -> way.getValue() + (way.getValue() == 1 ? " repository" : " repositories") + " by "
                            + way.getKey())
                    .collect(Collectors.joining(", ", "listed: ", "")));
        }
    }

    public void print(Forecast forecast) {
        out.printf(
                "forecast: at most %s, %d requests at the source and %d at the destination%s%n",
                Sizes.bytes(forecast.bytes()),
                forecast.sourceRequests(),
                forecast.destinationRequests(),
                forecast.unread() == 0 ? "" : ", without " + forecast.unread() + " images that cannot be read");
    }

    private static String route(CopyTask task, Location destination) {
        return task.image() + " -> " + destination.server() + "/" + task.target();
    }

    private void excluded(Excluded excluded) {
        excluded.rules()
                .forEach(rule -> excluded.images(rule)
                        .forEach(image -> out.printf("  exclude  %s  %s%n", Printable.of(image), rule)));
    }
}
