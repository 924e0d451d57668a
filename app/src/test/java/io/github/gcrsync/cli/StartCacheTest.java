package io.github.gcrsync.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.Checkout.Result;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The JVM start-up cache that ./gcrsync creates, with a real JVM. */
final class StartCacheTest {
    private static final Map<String, String> JDK = Map.of("JAVA_HOME", System.getProperty("java.home"));
    private static final Map<String, String> TRACED =
            Map.of("JAVA_HOME", System.getProperty("java.home"), "GCRSYNC_JAVA_OPTIONS", "-Xlog:class+load:stderr");

    /** Built once, since build and cache take seconds; each test leaves a valid cache behind. */
    private static Checkout checkout;

    @BeforeAll
    static void build(@TempDir Path home) throws IOException, InterruptedException {
        checkout = new Checkout(home, "a check out");
        Path jars = Files.createDirectory(checkout.root().resolve("jars"));
        Path source =
                Files.writeString(Files.createDirectory(home.resolve("source")).resolve("Main.java"), """
                package io.github.gcrsync.cli;
                public class Main {
                    static picocli.CommandLine commandLine() {
                        return new picocli.CommandLine(picocli.CommandLine.Model.CommandSpec.create());
                    }
                    public static void main(String[] arguments) {
                        System.out.println("parsed " + commandLine().getCommandName().length());
                    }
                }
                """);
        Path classes = Files.createDirectory(home.resolve("classes"));
        Path picocli = picocli();
        int compiled = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-proc:none", "-cp", picocli.toString(), "-d", classes + "", source + "");
        assertThat(compiled).isZero();
        try (var out = new JarOutputStream(Files.newOutputStream(jars.resolve("app.jar")))) {
            out.putNextEntry(new JarEntry("io/github/gcrsync/cli/Main.class"));
            Files.copy(classes.resolve("io/github/gcrsync/cli/Main.class"), out);
        }
        Files.copy(picocli, jars.resolve("picocli-1.jar"));
        assertThat(checkout.run(checkout.script(), JDK).exitCode()).isZero();
    }

    @Test
    void cachesProgramAndLibraries() throws Exception {
        Result result = checkout.run(checkout.script(), TRACED);

        assertThat(result.out()).startsWith("parsed ");
        assertThat(result.err().lines())
                .filteredOn(
                        line -> line.contains("io.github.gcrsync.cli.Main ") || line.contains("picocli.CommandLine "))
                .hasSize(2)
                .allMatch(line -> line.contains("shared objects file"));
    }

    @Test
    void ignoresDamagedOrMismatchedCacheSilently() throws Exception {
        Path cache = cache();
        byte[] good = Files.readAllBytes(cache);

        for (byte[] damaged : new byte[][] {new byte[0], Arrays.copyOf(good, 1000), new byte[good.length]}) {
            Files.write(cache, damaged);
            assertThat(checkout.run(checkout.script(), JDK)).isEqualTo(new Result(0, "parsed 12\n", ""));
        }
        Files.write(cache, good);
        var otherCollector = Map.of(
                "JAVA_HOME", System.getProperty("java.home"), "GCRSYNC_JAVA_OPTIONS", "-XX:-UseSerialGC -XX:+UseG1GC");
        Result result = checkout.run(checkout.script(), otherCollector);
        assertThat(result).isEqualTo(new Result(0, "parsed 12\n", ""));
    }

    @Test
    void rebuildsCacheWhenJarIsNewer() throws Exception {
        Path cache = cache();
        FileTime old = FileTime.from(Instant.parse("2020-01-01T00:00:00Z"));
        Files.setLastModifiedTime(cache, old);

        Result result = checkout.run(checkout.script(), TRACED);

        assertThat(Files.getLastModifiedTime(cache)).isGreaterThan(old);
        assertThat(result.err()).containsPattern("io.github.gcrsync.cli.Main .*shared objects file");
    }

    private static Path cache() throws IOException {
        try (var files = Files.newDirectoryStream(checkout.root().resolve("app/target"), "*.aot")) {
            return files.iterator().next();
        }
    }

    private static Path picocli() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> entry.contains("picocli-"))
                .map(Path::of)
                .findFirst()
                .orElseThrow();
    }
}
