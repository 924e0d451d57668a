package gcrsync.cli;

import gcrsync.testkit.SampleNamespace;
import gcrsync.testkit.TestRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What the launcher runs once after a build, for the JVM to remember which classes and methods a real run needs (JEP 483,
 * 514 and 515): help, and a small mirror of a registry into a registry and into a folder. Writes to a temporary folder.
 */
final class Rehearsal {
    private static final String NAMESPACE = "google-containers";

    private Rehearsal() {}

    public static void main(String[] arguments) throws IOException {
        Path folder = Files.createTempDirectory("gcrsync-rehearsal");
        Main.Console console = new Main.Console(
                new PrintWriter(PrintWriter.nullWriter()),
                new PrintWriter(PrintWriter.nullWriter()),
                InputStream.nullInputStream(),
                Map.of("XDG_STATE_HOME", folder.resolve("state").toString()));
        try (TestRegistry source = TestRegistry.builder().gcrListing(true).start();
                TestRegistry destination = TestRegistry.start()) {
            SampleNamespace.fill(source, NAMESPACE, 30, 5, 1);
            List<String> flags = List.of(
                    "--source=" + source.host(),
                    "--namespace=" + NAMESPACE,
                    "--config=/dev/null",
                    "--metadata=" + folder.resolve("metadata"),
                    "--processcount=-1");
            run(console, "--help");
            run(console, "sync", flags, "--destination=" + destination.host() + "/mirror");
            run(console, "sync", flags, "--destination=" + destination.host() + "/mirror");
            run(console, "sync", flags, "--destination=oci:" + folder.resolve("mirror"));
        } finally {
            Folders.delete(folder);
        }
    }

    private static void run(Main.Console console, String command) {
        run(console, command, List.of());
    }

    /** How it ends does not matter: what was loaded on the way is remembered. */
    private static void run(Main.Console console, String command, List<String> flags, String... more) {
        List<String> arguments = new ArrayList<>(List.of(command));
        arguments.addAll(flags);
        arguments.addAll(List.of(more));
        int _ = Main.run(arguments, console);
    }
}
