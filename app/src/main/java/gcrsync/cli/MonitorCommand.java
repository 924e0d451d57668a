package gcrsync.cli;

import gcrsync.content.ContentException;
import gcrsync.content.Listing;
import gcrsync.ledger.Ledger;
import gcrsync.ledger.LedgerException;
import gcrsync.mirror.Plan;
import gcrsync.oci.Digest;
import gcrsync.oci.Printable;
import java.io.Console;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Watches how far the mirror is behind. */
@Command(
        name = "monitor",
        sortOptions = false,
        description =
                "Tells again and again how many images the source has, how many wait to be mirrored, and what changed."
                        + " Writes nothing. Ctrl-C ends it.",
        optionListHeading = "%nHow to monitor:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:all rounds done, or ended by Ctrl-C", "1:the last round failed", "2:wrong flags"})
final class MonitorCommand implements Callable<Integer> {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

    private final Main.Console console;
    private final CountDownLatch ended = new CountDownLatch(1);

    @Option(
            names = "--interval",
            paramLabel = "DURATION",
            defaultValue = "5s",
            description = "Time between two rounds (default: ${DEFAULT-VALUE}).",
            converter = Options.Converters.Time.class)
    Duration interval = Duration.ofSeconds(5);

    @Option(
            names = "--count",
            paramLabel = "N",
            defaultValue = "-1",
            description = "Rounds; -1: for ever (default: ${DEFAULT-VALUE}).",
            converter = Options.Converters.Count.class)
    int count = -1;

    @Mixin
    private Options options = new Options();

    MonitorCommand(Main.Console console) {
        this.console = console;
    }

    /** What the source had in a round: digests by image, empty where the listing does not tell. */
    private record Seen(Map<String, Optional<Digest>> images, int waiting) {
        static Seen of(Listing listing, int waiting) {
            Map<String, Optional<Digest>> images = new HashMap<>();
            listing.repositories()
                    .forEach(repository -> repository
                            .tags()
                            .forEach(tag -> images.put(repository.name() + ":" + tag.tag(), tag.digest())));
            return new Seen(images, waiting);
        }

        String changesSince(Optional<Seen> before) {
            if (before.isEmpty()) {
                return "first look";
            }
            Map<String, Optional<Digest>> old = before.get().images();
            long added =
                    images.keySet().stream().filter(i -> !old.containsKey(i)).count();
            long removed =
                    old.keySet().stream().filter(i -> !images.containsKey(i)).count();
            long moved = images.entrySet().stream()
                    .filter(e -> old.containsKey(e.getKey()) && !e.getValue().equals(old.get(e.getKey())))
                    .count();
            return added + removed + moved == 0
                    ? "no change"
                    : "%d new, %d moved, %d gone".formatted(added, moved, removed);
        }
    }

    @Override
    public Integer call() {
        Logs.configure(options.general.debug);
        endCleanlyOnInterrupt();
        boolean live = isTerminal();
        Optional<Seen> before = Optional.empty();
        boolean failed = false;
        for (int round = 1; count < 0 || round <= count; round++) {
            String line;
            try {
                Seen now = look();
                line = "%d images at the source, %d waiting, %s"
                        .formatted(now.images().size(), now.waiting(), now.changesSince(before));
                before = Optional.of(now);
                failed = false;
            } catch (ContentException | LedgerException | NotStartedException e) {
                line = "FAILED: " + Printable.of(String.valueOf(e.getMessage()));
                failed = true;
            }
            print(ZonedDateTime.now(options.metadata.timezone).format(TIME) + "  " + line, live);
            if (round == count || paused()) {
                break;
            }
        }
        if (live) {
            console.out().println();
        }
        return failed ? ExitCode.SOME_FAILED : ExitCode.DONE;
    }

    @SuppressWarnings("SystemConsoleNull") // A runtime may have been built without a console.
    private static boolean isTerminal() {
        Console terminal = System.console();
        return terminal != null && terminal.isTerminal();
    }

    private Seen look() {
        try (Session session = new Session(options, console, 0)) {
            Ledger ledger = session.ledgerForReading();
            Listing listing = session.list();
            Plan plan = session.planner().plan(listing, ledger, session.trust());
            boolean asks = session.destinationIsFolder() || options.naming.checkDestination;
            Plan narrowed = asks ? session.destinationCheck().narrow(plan, ledger, -1) : plan;
            return Seen.of(
                    listing, narrowed.toCopy().size() + narrowed.toAdopt().size());
        }
    }

    private void print(String line, boolean live) {
        PrintWriter out = console.out();
        if (live) {
            out.print("\r\033[2K" + line);
        } else {
            out.println(line);
        }
        out.flush();
    }

    /** Whether the pause was cut short because the process is ending. */
    private boolean paused() {
        try {
            return ended.await(interval.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /** Ending this command by Ctrl-C is its normal end, and its exit code says so. */
    private void endCleanlyOnInterrupt() {
        if (count < 0) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                ended.countDown();
                console.out().println();
                console.out().flush();
                Runtime.getRuntime().halt(ExitCode.DONE);
            }));
        }
    }
}
