package gcrsync.cli;

import static gcrsync.cli.Sizes.bytes;
import static gcrsync.cli.Sizes.count;
import static gcrsync.cli.Sizes.duration;

import gcrsync.ledger.Published;
import gcrsync.mirror.Failure;
import gcrsync.mirror.Moved;
import gcrsync.mirror.Plan;
import gcrsync.mirror.RunReport;
import gcrsync.oci.Printable;
import java.io.PrintWriter;
import java.util.Locale;

/** What a run did, in words. */
final class Summary {
    private final PrintWriter out;

    Summary(PrintWriter out) {
        this.out = out;
    }

    void print(RunReport report, Session session) {
        Plan plan = report.plan();
        out.printf("%s/%s -> %s%n", session.source().host(), session.namespace(), session.destination());
        if (plan.images() == 0 && plan.failures().isEmpty()) {
            out.println("  the namespace holds no images");
        }
        row("copied", report.copied().size(), transfer(report.moved(), report));
        row("up to date", plan.upToDate(), "");
        row("already there", plan.toAdopt().size(), "found at the destination, recorded");
        int leftOut =
                plan.leftOut().values().stream().mapToInt(Integer::intValue).sum();
        row("left out", leftOut, "");
        plan.leftOut().forEach((reason, images) -> out.printf("  %-14s %7d  %s%n", "", images, reason));
        row("gone", report.vanished().size(), "deleted at the source since it was listed");
        row("lost", report.lost().size(), "recorded, but gone at the destination, and not offered by the source");
        report.lost().forEach(image -> out.printf("    %s%n", image.image()));
        row("waiting", plan.waiting(), "more than --processcount; the next run takes them");
        row("not finished", report.unfinished(), "the run was ended early; the next one takes them up");
        row("over quota", report.postponed(), "the source's pull quota is used up; the next run takes them");
        row("failed", report.failures().size(), "");
        for (Failure failure : report.failures()) {
            out.printf(
                    "    %s  %s: %s%n",
                    Printable.of(failure.what()),
                    failure.side().name().toLowerCase(Locale.ROOT),
                    Printable.of(String.valueOf(failure.reason().getMessage())));
        }
        report.abandoned().ifPresent(reason -> out.printf("gave up: %s%n", Printable.of(reason)));
        recorded(report, session.shownMetadata());
        out.flush();
    }

    /** Rows that say nothing are left out, but the first two always answer. */
    private void row(String name, int images, String remark) {
        if (images > 0 || name.equals("copied") || name.equals("up to date")) {
            out.println("  %-14s %7d  %s".formatted(name, images, remark).stripTrailing());
        }
    }

    private static String transfer(Moved moved, RunReport report) {
        if (report.copied().isEmpty() && moved.bytes() == 0) {
            return "";
        }
        String mounted = moved.mounted() == 0
                ? ""
                : ", " + count(moved.mounted(), "blob") + " mounted instead of " + bytes(moved.mountedBytes())
                        + " sent";
        return bytes(moved.bytes()) + " in " + duration(report.took()) + mounted;
    }

    private void recorded(RunReport report, String location) {
        report.unrecorded().ifPresentOrElse(reason -> out.printf("NOT RECORDED: %s%n", Printable.of(reason)), () -> {
            String where = report.published().flatMap(Published::commit).isPresent()
                    ? "recorded in " + location + " as commit "
                            + report.published()
                                    .flatMap(Published::commit)
                                    .map(c -> c.substring(0, 10))
                                    .orElse("")
                            + (report.published().filter(Published::pushed).isPresent() ? ", pushed" : "")
                    : "nothing new to record in " + location;
            out.println(where);
        });
    }
}
