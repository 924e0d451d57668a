package io.github.gcrsync.commands;

import io.github.gcrsync.cli.Hurry;
import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.testkit.RegistryOptions;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.TestRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Two registries, a folder for all written files, and the command between them. */
public final class Stage implements AutoCloseable {
    public static final String NAMESPACE = Workplace.NAMESPACE;
    /** The path of the mirror in the destination registry. */
    public static final String MIRROR = "mirror";

    private final Path folder;
    private final Workplace place;
    private final TestRegistry source;
    private final TestRegistry destination;

    public Stage(Path folder, RegistryOptions source, RegistryOptions destination) {
        this.folder = folder;
        place = new Workplace(folder);
        this.source = source.start();
        this.destination = destination.start();
    }

    /** The source lists like gcr.io, the destination like most registries. */
    public Stage(Path folder) {
        this(folder, TestRegistry.builder().gcrListing(true), TestRegistry.builder());
    }

    public Stage at(Clock time) {
        place.at(time);
        return this;
    }

    public Stage with(Hurry shorterWaits) {
        place.with(shorterWaits);
        return this;
    }

    public Path folder() {
        return folder;
    }

    public TestRegistry source() {
        return source;
    }

    public TestRegistry destination() {
        return destination;
    }

    public MetadataFiles metadata() {
        return place.metadata();
    }

    /** Puts an image with content from the seed into the namespace: {@code name:tag}. */
    public SampleImage offer(String image, long seed) {
        SampleImage made = SampleImages.oci("linux/amd64", SampleImages.layer(seed, 1));
        source.put(NAMESPACE + "/" + name(image), tag(image), made);
        return made;
    }

    /** Puts an image into the mirror under its default name. */
    public void place(String image, SampleImage made) {
        destination.put(MIRROR + "/" + name(image), tag(image), made);
    }

    /** Returns the digest of {@code name:tag} in the mirror; empty if it is missing. */
    public String mirrored(String image) {
        return destination.manifestDigest(MIRROR + "/" + name(image), tag(image));
    }

    public Result run(String command, String... flags) {
        return place.run(arguments(command, flags).toArray(String[]::new));
    }

    /** Runs the command in its own JVM in this folder. */
    public ChildCommand start(Path workingFolder, String command, String... flags) {
        return place.start(workingFolder, arguments(command, flags));
    }

    public Map<String, String> environment() {
        return place.environment();
    }

    /** Returns the arguments, with this stage's values for all that is not given. */
    public List<String> arguments(String command, String... flags) {
        List<String> all = new ArrayList<>(List.of(command));
        all.addAll(List.of(flags));
        add(all, "--source", source.host());
        add(all, "--namespace", NAMESPACE);
        add(all, "--destination", destination.host() + "/" + MIRROR);
        add(all, "--metadata", folder.resolve("metadata").toString());
        return all;
    }

    private static void add(List<String> arguments, String flag, String value) {
        if (arguments.stream().noneMatch(argument -> argument.startsWith(flag + "="))) {
            arguments.add(flag + "=" + value);
        }
    }

    private static String name(String image) {
        return image.substring(0, image.lastIndexOf(':'));
    }

    private static String tag(String image) {
        return image.substring(image.lastIndexOf(':') + 1);
    }

    @Override
    public void close() {
        source.close();
        destination.close();
    }
}
