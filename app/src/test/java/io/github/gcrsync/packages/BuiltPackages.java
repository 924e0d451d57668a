package io.github.gcrsync.packages;

import io.github.gcrsync.testkit.Program;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A folder filled by ./package. */
record BuiltPackages(Path folder) {
    static final Path PROJECT = Path.of(System.getProperty("gcrsync.root", ".."));

    /** Built by the checkout's owner. */
    static BuiltPackages ofTheCheckout(Path folder) {
        return build(PROJECT, "umask 022; exec ./package \"$1\"", folder.resolve("packages"), Map.of());
    }

    /** Built in another folder, with a restrictive umask, locale and time zone. */
    static BuiltPackages ofACopy(Path folder) throws IOException {
        return build(
                copyOfTheCheckout(folder),
                "umask 077; exec ./package \"$1\"",
                folder.resolve("packages of the copy"),
                Map.of("TZ", "Pacific/Kiritimati", "LC_ALL", "C.UTF-8", "GCRSYNC_SOURCE", "registry.example.com"));
    }

    /** What packages and libraries are built from, with rights for its owner alone. */
    static Path copyOfTheCheckout(Path folder) throws IOException {
        Path copy = Files.createDirectories(folder.resolve("a copy"));
        Program.require("sh")
                .arguments(
                        "-c",
                        "cd \"$1\" && tar -c mvnw .mvn pom.xml package central-bundle launcher ./*.md LICENSE ./*/pom.xml"
                                + " ./*/src/main app/src/build | tar -x -C \"$2\" && chmod -R go= \"$2\"",
                        "sh",
                        PROJECT.toString(),
                        copy.toString())
                .run()
                .orThrow();
        // The same commit, and Maven's downloads if they are in the checkout.
        Files.createSymbolicLink(copy.resolve(".git"), PROJECT.toRealPath().resolve(".git"));
        Files.createSymbolicLink(copy.resolve(".build"), PROJECT.toRealPath().resolve(".build"));
        return copy;
    }

    private static BuiltPackages build(Path checkout, String script, Path folder, Map<String, String> environment) {
        Program builder = Program.require("sh")
                .arguments("-c", script, "sh", folder.toString())
                .environment("JAVA_HOME", System.getProperty("java.home"))
                .in(checkout)
                .within(Duration.ofMinutes(20));
        environment.forEach(builder::environment);
        builder.run().orThrow();
        return new BuiltPackages(folder);
    }

    /** Returns the file with this suffix. */
    Path ending(String suffix) {
        return files().entrySet().stream()
                .filter(file -> file.getKey().endsWith(suffix))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElseThrow();
    }

    /** By name. */
    Map<String, Path> files() {
        Map<String, Path> files = new TreeMap<>();
        try (Stream<Path> all = Files.list(folder)) {
            all.forEach(file -> files.put(file.getFileName().toString(), file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files;
    }
}
