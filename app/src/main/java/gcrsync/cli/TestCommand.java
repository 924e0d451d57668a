package gcrsync.cli;

import gcrsync.layout.DiskErrors;
import gcrsync.ledger.Entry;
import gcrsync.ledger.Ledger;
import gcrsync.ledger.Preview;
import gcrsync.ledger.Recorded;
import gcrsync.mirror.CopyTask;
import gcrsync.mirror.DestinationCheck;
import gcrsync.mirror.DestinationNames;
import gcrsync.mirror.Failure;
import gcrsync.mirror.Forecast;
import gcrsync.mirror.Plan;
import gcrsync.oci.Printable;
import gcrsync.output.Advice;
import gcrsync.output.Sizes;
import gcrsync.output.WholeFile;
import gcrsync.state.Suspect;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A sync that stops short of doing anything. */
@Command(
        name = "test",
        sortOptions = false,
        description =
                "Does all that sync does but transfer, commit and push: shows what would be copied, why, and at what"
                        + " cost, and writes the files that would be committed. Needs no token and no credentials.",
        optionListHeading = "%nHow to test:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:the plan is made",
            "1:some images could not be planned",
            "2:wrong flags",
            "3:could not plan: no listing, no metadata repository"
        })
final class TestCommand implements Callable<Integer> {
    private final Main.Console console;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            description = "Folder for the files that a sync would commit (default: a folder that is printed).")
    @Nullable
    Path output;

    @Option(
            names = "--no-forecast",
            description =
                    "Do not read the manifests of what would be copied; then there is no forecast of bytes and requests.")
    boolean noForecast;

    @Mixin
    private Options options = new Options();

    TestCommand(Main.Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Logs.configure(options.general.debug);
        try (Session session = new Session(options, console, 0)) {
            Ledger ledger = session.ledgerForReading();
            Plan wanted = session.sides().checked(session.planner().plan(session.list(), ledger, session.trust()));
            Plan plan = session.quarantine().applied(wanted);
            // A folder can be asked without credentials; a registry only if the user wants it to be asked.
            boolean asks = session.destinationIsFolder() || options.naming.checkDestination;
            DestinationCheck check = session.destinationCheck();
            List<Recorded> lost = asks ? check.lost(wanted, ledger, session.names()) : List.of();
            Plan narrowed = asks
                    ? check.narrow(plan, ledger, options.selecting.processCount)
                    : plan.first(options.selecting.processCount);
            print(narrowed, session);
            lost.forEach(image -> console.out().printf("  lost  %s  (gone on both sides)%n", image.image()));
            lost.forEach(image -> ledger.forget(image.name(), image.tag()));
            check.unrepaired(narrowed.toCopy()).forEach(task -> ledger.forget(task.name(), task.tag()));
            if (!noForecast) {
                print(Forecast.of(narrowed, session.source()::repository, session.queriesAtATime()));
            }
            write(narrowed, ledger, session);
            console.out().flush();
            return narrowed.failures().isEmpty() ? ExitCode.DONE : ExitCode.SOME_FAILED;
        }
    }

    private void print(Plan plan, Session session) {
        PrintWriter out = console.out();
        DestinationNames names = session.names();
        out.printf(
                "%s/%s -> %s (a test: nothing is copied, nothing is committed)%n",
                session.source().host(), session.namespace(), session.destination());
        for (CopyTask task : plan.toCopy()) {
            DestinationNames.Target target = names.of(task.name(), task.tag());
            String renamed = target.repository().value().endsWith(task.name().value())
                            && target.tag().equals(task.tag())
                    ? ""
                    : "  as " + target.repository() + ":" + target.tag();
            out.printf("  copy  %s%s  (%s)%n", task.image(), renamed, task.reason());
        }
        for (Suspect suspect : plan.heldBack()) {
            out.printf("  quarantined  %s  (%s)%n", Printable.of(suspect.image()), Summary.text(suspect));
        }
        plan.gone().forEach(image -> out.printf("  gone  %s  (listed by the source, but deleted there)%n", image));
        for (Failure failure : plan.failures()) {
            out.printf(
                    "  FAIL  %s  %s: %s%n",
                    Printable.of(failure.what()),
                    Advice.side(failure),
                    Printable.of(String.valueOf(failure.reason().getMessage())));
            out.printf("        what to do: %s%n", Advice.on(failure));
        }
        out.printf(
                "%d to copy, %d up to date, %d already there, %d left out, %d waiting for later runs, %d failed%s%n",
                plan.toCopy().size(),
                plan.upToDate(),
                plan.toAdopt().size(),
                plan.leftOut().values().stream().mapToInt(Integer::intValue).sum(),
                plan.waiting(),
                plan.failures().size(),
                plan.heldBack().isEmpty() ? "" : ", " + plan.heldBack().size() + " quarantined");
    }

    private void print(Forecast forecast) {
        console.out()
                .printf(
                        "forecast: at most %s, %d requests at the source and %d at the destination%s%n",
                        Sizes.bytes(forecast.bytes()),
                        forecast.sourceRequests(),
                        forecast.destinationRequests(),
                        forecast.unread() == 0 ? "" : ", without " + forecast.unread() + " images that cannot be read");
    }

    private void write(Plan plan, Ledger ledger, Session session) {
        DestinationNames names = session.names();
        ledger.adopt(plan.toAdopt().stream().map(task -> entry(task, names)).toList());
        ledger.record(plan.toCopy().stream().map(task -> entry(task, names)).toList());
        Preview preview = ledger.preview();
        Path given = output;
        Path folder = given != null ? given : session.testFolder();
        try {
            Files.createDirectories(folder);
            WholeFile.write(folder.resolve("ImageList"), preview.imageList());
            WholeFile.write(folder.resolve("README.md"), preview.readme());
            WholeFile.write(folder.resolve("ImageDigests"), preview.imageDigests());
            if (given == null) {
                // A look at what would be must not make the working copy look changed.
                WholeFile.write(folder.resolve(".gitignore"), "*\n".getBytes(StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            throw new NotStartedException(
                    "the files cannot be written to " + folder + ": " + DiskErrors.reason(e)
                            + "; name another folder by --output",
                    e);
        }
        console.out().printf("what a sync would commit: %s%n", folder);
    }

    private static Entry entry(CopyTask task, DestinationNames names) {
        return new Entry(task.name(), task.tag(), task.digest(), names.link(task.to()));
    }
}
