package io.github.gcrsync.commands;

import io.github.gcrsync.cli.Hurry;
import io.github.gcrsync.cli.InProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** An isolated environment for a user of the command. */
public final class Workplace {
    public static final String NAMESPACE = "ns";

    private final Path folder;
    private final Map<String, String> environment = new HashMap<>();
    private String stdin = "";
    private Clock clock = Clock.systemUTC();
    private Hurry hurry = Hurry.NONE;

    /**
     * @param folder contains the state folder, Docker's configuration and, unless a test says otherwise, the metadata
     */
    public Workplace(Path folder) {
        this.folder = folder;
        environment.put("XDG_STATE_HOME", folder.resolve("state").toString());
        environment.put("DOCKER_CONFIG", folder.resolve("docker").toString());
        environment.put("XDG_CONFIG_HOME", folder.resolve("config").toString());
    }

    public Workplace set(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    public Workplace typing(String input) {
        stdin = input;
        return this;
    }

    public Workplace at(Clock time) {
        clock = time;
        return this;
    }

    public Workplace with(Hurry shorterWaits) {
        hurry = shorterWaits;
        return this;
    }

    /** Writes a configuration as {@code docker login} would. */
    public Workplace dockerConfig(String json) {
        try {
            Files.writeString(Files.createDirectories(folder.resolve("docker")).resolve("config.json"), json);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Map<String, String> environment() {
        return Map.copyOf(environment);
    }

    public Path folder() {
        return folder;
    }

    public MetadataFiles metadata() {
        return new MetadataFiles(folder.resolve("metadata"));
    }

    /** Mirrors {@link #NAMESPACE}. */
    public InProcess.Result sync(String source, String destination, String... more) {
        return run(arguments(source, destination, more));
    }

    public InProcess.Result run(String... arguments) {
        return InProcess.run(environment, stdin, clock, hurry, List.of(arguments));
    }

    /** Runs the command in its own JVM, which can receive signals. */
    public ChildCommand start(String... arguments) {
        return start(folder, List.of(arguments));
    }

    ChildCommand start(Path workingFolder, List<String> arguments) {
        return ChildCommand.start(workingFolder, environment, stdin, ChildCommand.java(hurry), arguments);
    }

    /** Returns the arguments of a sync of the namespace; additional ones come last and take precedence. */
    public String[] arguments(String source, String destination, String... more) {
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
