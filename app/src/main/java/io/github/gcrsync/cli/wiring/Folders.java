package io.github.gcrsync.cli.wiring;

import io.github.gcrsync.rule.MirrorRule;
import io.github.gcrsync.state.VerifyFile;
import io.github.gcrsync.state.WaitingImages;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Stream;

/** Folders that gcrsync creates. */
public final class Folders {
    private Folders() {}

    /** Returns the folder for state that may be deleted at any time (XDG base directory specification). */
    public static Path state(Map<String, String> environment) {
        String state = environment.get("XDG_STATE_HOME");
        Path base = state != null && Path.of(state).isAbsolute()
                ? Path.of(state)
                : Path.of(System.getProperty("user.home"), ".local", "state");
        return base.resolve("gcrsync");
    }

    /** Returns what waits for its copy to the destination of a rule. */
    public static WaitingImages waiting(MirrorRule rule, Map<String, String> environment) {
        return new WaitingImages(state(environment), rule.key());
    }

    /** Returns the file of the last verify of the destination of a rule. */
    public static VerifyFile verified(MirrorRule rule, Map<String, String> environment) {
        return new VerifyFile(state(environment), rule.key());
    }

    /** Deletes the folder recursively; deletes links without following them. */
    public static void delete(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete the folder " + folder + ": " + e.getMessage(), e);
        }
    }
}
