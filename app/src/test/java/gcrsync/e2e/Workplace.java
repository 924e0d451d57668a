package gcrsync.e2e;

import gcrsync.cli.InProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Where a user of the command sits: an environment of its own, with nothing of this machine in it. */
final class Workplace {
    static final String NAMESPACE = "ns";

    private final Path folder;
    private final Map<String, String> environment = new HashMap<>();
    private String stdin = "";

    /** @param folder holds the state folder, Docker's configuration and, unless a test says otherwise, the metadata */
    Workplace(Path folder) {
        this.folder = folder;
        environment.put("XDG_STATE_HOME", folder.resolve("state").toString());
        environment.put("DOCKER_CONFIG", folder.resolve("docker").toString());
        environment.put("XDG_CONFIG_HOME", folder.resolve("config").toString());
    }

    Workplace set(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    Workplace typing(String input) {
        stdin = input;
        return this;
    }

    /** What {@code docker login} would have written. */
    Workplace dockerConfig(String json) {
        try {
            Files.writeString(Files.createDirectories(folder.resolve("docker")).resolve("config.json"), json);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path folder() {
        return folder;
    }

    Recorded metadata() {
        return new Recorded(folder.resolve("metadata"));
    }

    /** Mirrors {@link #NAMESPACE}. */
    InProcess.Result sync(String source, String destination, String... more) {
        return run(arguments(source, destination, more));
    }

    InProcess.Result run(String... arguments) {
        return InProcess.run(environment, stdin, List.of(arguments));
    }

    /** The same in a JVM of its own, to which signals can be sent. */
    Running start(String... arguments) {
        return Running.start(folder, environment, stdin, List.of(arguments));
    }

    /** Those of a sync of the namespace; what more is given comes last and so decides. */
    String[] arguments(String source, String destination, String... more) {
        List<String> arguments = new ArrayList<>(
                List.of("sync", "--source=" + source, "--destination=" + destination, "--namespace=" + NAMESPACE));
        List<String> besides = List.of(more);
        if (besides.stream().noneMatch(argument -> argument.startsWith("--metadata"))) {
            arguments.add("--metadata=" + folder.resolve("metadata"));
        }
        arguments.addAll(besides);
        return arguments.toArray(String[]::new);
    }
}
