package io.github.gcrsync.faults;

import io.github.gcrsync.cli.Hurry;
import io.github.gcrsync.commands.ChildCommand;
import io.github.gcrsync.testkit.Program;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The real command as started by the launcher: from jars, with the JVM's start-up cache, which makes hundreds of starts
 * affordable.
 */
final class InstalledProgram {
    /** Parts of the paths of what the launcher puts on the class path of a sync; each jar there is an open file. */
    private static final Pattern OF_SYNC = Pattern.compile(
            "/(gcrsync-core|httpclient5|httpcore5|httpcore5-h2|picocli|snakeyaml-engine|org\\.eclipse\\.jgit"
                    + "|JavaEWAH|commons-codec|slf4j-api|logback-\\w+|jline-\\w+(-ffm)?|jspecify)-[0-9][^/]*\\.jar$"
                    + "|/tools/jackson/core/jackson-core/");

    private final String classPath;
    private final List<String> options;

    private InstalledProgram(String classPath, List<String> options) {
        this.classPath = classPath;
        this.options = options;
    }

    /** Packs the tests' class path into jars in the folder. */
    static InstalledProgram in(Path folder) throws IOException {
        List<String> jars = new ArrayList<>();
        Files.createDirectories(folder);
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path path = Path.of(entry);
            if (Files.isRegularFile(path) && OF_SYNC.matcher(entry).find()) {
                jars.add(path.toAbsolutePath().toString());
            } else if (Files.isDirectory(path) && !path.endsWith("test-classes")) {
                jars.add(jar(path, folder.resolve("classes-" + jars.size() + ".jar"), _ -> true)
                        .toString());
            }
        }
        return new InstalledProgram(String.join(File.pathSeparator, jars), List.of());
    }

    /** Adds a start-up cache in the folder, created by a run of the demo; waits may be shortened. */
    InstalledProgram withStartCache(Path folder) throws IOException {
        Path cache = folder.resolve("start.aot");
        Path tests = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(Path::of)
                .filter(path -> path.endsWith("test-classes"))
                .findFirst()
                .orElseThrow();
        Path hurry =
                jar(tests, folder.resolve("hurry.jar"), path -> path.endsWith("io/github/gcrsync/cli/Hurry.class"));
        String withHurry = classPath + File.pathSeparator + hurry;
        List<String> rehearsal = new ArrayList<>(ChildCommand.jvmOptions());
        rehearsal.addAll(List.of(
                "-Xlog:disable",
                "-XX:AOTCacheOutput=" + cache,
                "-cp",
                withHurry,
                "io.github.gcrsync.cli.Main",
                "demo"));
        Program.at(Path.of(rehearsal.removeFirst()))
                .arguments(rehearsal.toArray(String[]::new))
                .in(folder)
                .within(Duration.ofMinutes(3))
                .run()
                .orThrow();
        return new InstalledProgram(withHurry, List.of("-Xlog:disable", "-XX:AOTCache=" + cache));
    }

    private static Path jar(Path classes, Path jar, Predicate<Path> wanted) throws IOException {
        try (OutputStream to = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(to);
                Stream<Path> files = Files.walk(classes)) {
            for (Path file :
                    files.filter(Files::isRegularFile).filter(wanted).sorted().toList()) {
                out.putNextEntry(new JarEntry(classes.relativize(file).toString()));
                Files.copy(file, out);
            }
        }
        return jar;
    }

    /** Returns what precedes the arguments. */
    List<String> command(Hurry hurry) {
        List<String> command = new ArrayList<>(ChildCommand.jvmOptions());
        command.addAll(options);
        command.addAll(List.of("-cp", classPath));
        command.addAll(hurry.program());
        return command;
    }
}
