package io.github.gcrsync.cli;

import io.github.gcrsync.check.Verification;
import io.github.gcrsync.cli.console.Console;
import io.github.gcrsync.cli.console.ExitCode;
import io.github.gcrsync.cli.console.Logs;
import io.github.gcrsync.cli.flags.NotStartedException;
import io.github.gcrsync.cli.wiring.Folders;
import io.github.gcrsync.demo.SampleNamespace;
import io.github.gcrsync.layout.OciLayouts;
import io.github.gcrsync.layout.ServedFolder;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.serve.FolderRegistry;
import io.github.gcrsync.text.Sizes;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Demonstrates a mirror without an account, a network or a configuration. */
@Command(
        name = "demo",
        sortOptions = false,
        description =
                "Demonstrates gcrsync: starts a registry with sample images on this machine, mirrors it to ./mirror,"
                        + " mirrors it again, and verifies every digest. It writes only to ./mirror.",
        optionListHeading = "%nFlags:%n")
final class DemoCommand implements Callable<Integer> {
    private static final Path MIRROR = Path.of("mirror");
    /** Inside ./mirror: repository names never start with a dot, so it cannot collide with a mirrored repository. */
    private static final Path METADATA = MIRROR.resolve(".metadata");

    private static final Path MARK = MIRROR.resolve(".made-by-gcrsync-demo");
    /** As above, so it is not part of the mirror. */
    private static final Path SOURCE = MIRROR.resolve(".source");

    private static final RepositoryName NAMESPACE = new RepositoryName("google-containers");

    private final Console console;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    boolean help;

    DemoCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Logs.configure(false);
        PrintWriter out = console.out();
        makeRoom();
        OciLayouts images = OciLayouts.at(SOURCE);
        SampleNamespace.write(images, NAMESPACE);
        try (FolderRegistry source = FolderRegistry.start(
                ServedFolder.at(SOURCE),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                Optional.empty())) {
            out.println("A registry with sample images is running at " + source.host() + ".");
            out.println();
            out.println("1. Mirror its namespace " + NAMESPACE + " into ./mirror, a folder of OCI image layouts:");
            int first = sync(source);
            out.println();
            out.println("2. The same again, to show that nothing is left to do:");
            long before = source.requests();
            int second = sync(source);
            out.println("   asked the source " + (source.requests() - before)
                    + " times: for the namespace, each repository, and new signatures of each image");
            out.println();
            out.println("3. Read everything back and hash it:");
            int wrong = verify(images, out);
            out.println();
            out.println("All of it is in ./mirror; delete that folder and nothing is left. To look around:");
            out.println("   git -C mirror/.metadata log --stat     what was mirrored when");
            out.println("   cat mirror/.metadata/" + NAMESPACE + "/ImageDigests");
            out.println("   ls mirror                              one OCI image layout per repository");
            return first == 0 && second == 0 && wrong == 0 ? ExitCode.DONE : ExitCode.SOME_FAILED;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start a registry on this machine: " + e.getMessage(), e);
        }
    }

    /** Runs the real command, as a user would. */
    private int sync(FolderRegistry source) {
        Map<String, String> environment = new HashMap<>(console.environment());
        environment.keySet().removeIf(name -> name.startsWith("GCRSYNC_"));
        environment.put(
                "XDG_STATE_HOME", MIRROR.resolve(".state").toAbsolutePath().toString());
        Console quiet =
                new Console(console.out(), new PrintWriter(PrintWriter.nullWriter()), console.in(), environment);
        return Main.run(
                List.of(
                        "sync",
                        // The demo ignores any configuration in this folder.
                        "--config=/dev/null",
                        "--source=" + source.host(),
                        "--namespace=" + NAMESPACE,
                        "--destination=oci:" + MIRROR,
                        "--metadata=" + METADATA),
                quiet);
    }

    private static int verify(OciLayouts source, PrintWriter out) {
        OciLayouts mirror = OciLayouts.at(MIRROR);
        int images = 0;
        int wrong = 0;
        Verification verification = new Verification();
        for (RepositoryName name : mirror.repositories().toList()) {
            for (String tag : mirror.repository(name).tags().toList()) {
                String expected = source.repository(NAMESPACE.resolve(name.value()))
                        .resolve(tag)
                        .map(manifest -> manifest.digest().value())
                        .orElse("");
                images++;
                if (!verification.isIntact(mirror.repository(name), tag, expected)) {
                    wrong++;
                    out.println("   WRONG  " + name + ":" + tag);
                }
            }
        }
        out.printf(
                "   %d images of %s, %d manifests and blobs, %s: %s%n",
                images,
                Sizes.count(mirror.repositories().count(), "repositories").replace("repositoriess", "repositories"),
                verification.contents(),
                Sizes.bytes(verification.bytes()),
                wrong == 0 ? "every digest is the source's" : wrong + " are wrong");
        return wrong;
    }

    private static void makeRoom() {
        try {
            if (Files.exists(MIRROR)) {
                if (!Files.exists(MARK)) {
                    throw new NotStartedException("./mirror exists and was not created by a demo;"
                            + " run the demo in another folder, or move ./mirror away");
                }
                Folders.delete(MIRROR);
            }
            Files.createDirectories(MIRROR);
            Files.writeString(MARK, "Created by 'gcrsync demo', which clears this folder when it runs again.\n");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot create the folder ./mirror: " + e.getMessage(), e);
        }
    }
}
