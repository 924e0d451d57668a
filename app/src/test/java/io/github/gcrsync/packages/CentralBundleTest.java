package io.github.gcrsync.packages;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.testkit.Program;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPath;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;

/** What ./central-bundle builds is what Maven Central accepts (https://central.sonatype.org/publish/requirements). */
final class CentralBundleTest {
    private static final String VERSION = "2.0.0";
    private static final String SIGNER = "test@example.com";

    /** The first in the checkout and signed; the second elsewhere, not signed. */
    private static Path bundle;

    private static Path again;
    private static Path keys;

    @TempDir
    private Path folder;

    @BeforeAll
    static void build(@TempDir Path folder, @TempDir Path gnupg) throws Exception {
        keys = gnupg;
        gpg("--quick-generate-key", SIGNER, "ed25519", "sign", "1d");
        Path copy = BuiltPackages.copyOfTheCheckout(folder);
        try (var threads = Executors.newFixedThreadPool(2)) {
            List<Callable<Path>> builds = List.of(
                    () -> bundle(BuiltPackages.PROJECT, "022", folder.resolve("signed"), Map.of("GPG_KEY", SIGNER)),
                    () -> bundle(copy, "077", folder.resolve("again"), Map.of("TZ", "Pacific/Kiritimati")));
            var built = threads.invokeAll(builds);
            bundle = built.get(0).get();
            again = built.get(1).get();
        }
    }

    private static Path bundle(Path checkout, String umask, Path folder, Map<String, String> environment) {
        Program builder = Program.require("sh")
                .arguments("-c", "umask " + umask + "; exec ./central-bundle \"$@\"", "sh", VERSION, folder + "")
                .environment("JAVA_HOME", System.getProperty("java.home"))
                .environment("GNUPGHOME", keys.toString())
                .in(checkout)
                .within(Duration.ofMinutes(20));
        environment.forEach(builder::environment);
        return Path.of(builder.run().orThrow().stdout().strip());
    }

    @Test
    void hasEachFileThatCentralRequires() {
        List<String> expected = new ArrayList<>();
        for (String artifact : List.of("gcrsync", "gcrsync-core", "gcrsync-testkit")) {
            List<String> kinds = artifact.equals("gcrsync")
                    ? List.of(".pom")
                    : List.of(".jar", "-javadoc.jar", "-sources.jar", ".pom");
            for (String kind : kinds) {
                String file = place(artifact) + kind;
                expected.addAll(List.of(file, file + ".asc", file + ".md5", file + ".sha1"));
            }
        }

        assertThat(entries(bundle).keySet()).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void hasRightChecksums() throws Exception {
        Map<String, byte[]> files = entries(bundle);
        for (Map.Entry<String, byte[]> file : published(files).entrySet()) {
            assertThat(text(files, file.getKey() + ".md5")).isEqualTo(hash("MD5", file.getValue()));
            assertThat(text(files, file.getKey() + ".sha1")).isEqualTo(hash("SHA-1", file.getValue()));
        }
    }

    @Test
    void hasSignaturesOfKey() throws Exception {
        Map<String, byte[]> files = entries(bundle);
        for (Map.Entry<String, byte[]> file : published(files).entrySet()) {
            Path content = Files.write(folder.resolve("content"), file.getValue());
            byte[] signature = files.getOrDefault(file.getKey() + ".asc", new byte[0]);

            gpg("--verify", Files.write(folder.resolve("signature"), signature) + "", content + "");
        }
    }

    @Test
    void isTheSameToTheByteWhereverItIsBuilt() {
        Map<String, byte[]> signed = entries(bundle);
        signed.keySet().removeIf(name -> name.endsWith(".asc"));
        Map<String, byte[]> unsigned = entries(again);

        assertThat(unsigned.keySet()).isEqualTo(signed.keySet());
        assertThat(unsigned)
                .allSatisfy((name, content) -> assertThat(content).as(name).isEqualTo(signed.get(name)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gcrsync", "gcrsync-core", "gcrsync-testkit"})
    void describesArtifactInPom(String artifact) throws Exception {
        Map<String, byte[]> files = entries(bundle);
        Document pom = pom(files, artifact);
        Document parent = pom(files, "gcrsync");

        assertThat(value(pom, "artifactId")).isEqualTo(artifact);
        assertThat(value(pom, "name")).isNotEmpty();
        assertThat(value(pom, "description")).isNotEmpty();
        // These are inherited.
        assertThat(value(parent, "groupId")).isEqualTo("io.github.gcrsync");
        assertThat(value(parent, "version")).isEqualTo(VERSION);
        assertThat(value(parent, "url")).isEqualTo("https://github.com/gcrsync/gcrsync");
        assertThat(value(parent, "licenses/license/name")).isEqualTo("Apache-2.0");
        assertThat(value(parent, "licenses/license/url")).startsWith("https://");
        assertThat(value(parent, "developers/developer/name")).isEqualTo("The gcrsync authors");
        assertThat(value(parent, "scm/connection")).startsWith("scm:git:");
        assertThat(value(parent, "scm/developerConnection")).startsWith("scm:git:");
        assertThat(value(parent, "scm/url")).startsWith("https://");
        if (!artifact.equals("gcrsync")) {
            assertThat(value(pom, "parent/artifactId")).isEqualTo("gcrsync");
            assertThat(value(pom, "parent/version")).isEqualTo(VERSION);
        }
        assertThat(text(files, place(artifact) + ".pom")).doesNotContain("SNAPSHOT");
    }

    @ParameterizedTest
    @ValueSource(strings = {"core", "testkit"})
    void hasJarsOfProductOnly(String module) throws Exception {
        Map<String, byte[]> files = entries(bundle);
        String place = place("gcrsync-" + module);
        Map<String, byte[]> jar = zip(files, place + ".jar");
        Map<String, byte[]> sources = zip(files, place + "-sources.jar");

        assertThat(classes(jar, ".class"))
                .isNotEmpty()
                .isEqualTo(classesOf(Path.of(module, "src/main/java")))
                .isEqualTo(classes(sources, ".java"));
        String page = module.equals("core") ? "engine/Engine.html" : "testkit/TestRegistry.html";
        // Javadoc puts a module's pages into a folder of its name.
        assertThat(zip(files, place + "-javadoc.jar").keySet())
                .contains("index.html")
                .anyMatch(name -> name.endsWith("io/github/gcrsync/" + page));
    }

    @ParameterizedTest
    @ValueSource(strings = {"core", "testkit"})
    void hasModuleNameAndClassesForJava21(String module) throws Exception {
        byte[] content = entries(bundle).getOrDefault(place("gcrsync-" + module) + ".jar", new byte[0]);
        Path jar = Files.write(folder.resolve("gcrsync-" + module + "-2.0.0.jar"), content);

        assertThat(ModuleFinder.of(jar).find("io.github.gcrsync." + module)).isPresent();
        unzip(content).forEach((name, bytes) -> {
            if (name.endsWith(".class")) {
                assertThat(classFileVersion(bytes)).as(name).isEqualTo(65);
            }
        });
    }

    @Test
    void refusesSnapshotVersion() {
        Program.Result result = Program.require("sh")
                .arguments("./central-bundle", "2.1.0-SNAPSHOT", folder.toString())
                .in(BuiltPackages.PROJECT)
                .run();

        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.stderr()).isEqualTo("Maven Central accepts releases only: 2.1.0-SNAPSHOT is a snapshot\n");
        assertThat(folder).isEmptyDirectory();
    }

    private static String place(String artifact) {
        return "io/github/gcrsync/" + artifact + "/" + VERSION + "/" + artifact + "-" + VERSION;
    }

    /** Without checksums and signatures. */
    private static Map<String, byte[]> published(Map<String, byte[]> files) {
        Map<String, byte[]> published = new TreeMap<>(files);
        published.keySet().removeIf(name -> name.matches(".*\\.(asc|md5|sha1)"));
        assertThat(published).hasSize(9);
        return published;
    }

    /** The top-level classes whose files have this suffix, by path. */
    private static List<String> classes(Map<String, byte[]> jar, String suffix) {
        return jar.keySet().stream()
                .filter(name -> name.endsWith(suffix) && !name.contains("$"))
                .map(name -> name.substring(0, name.length() - suffix.length()))
                .sorted()
                .toList();
    }

    private static List<String> classesOf(Path sources) throws IOException {
        Path root = BuiltPackages.PROJECT.resolve(sources);
        try (Stream<Path> files = Files.walk(root)) {
            return files.map(file -> root.relativize(file).toString())
                    .filter(name -> name.endsWith(".java"))
                    .map(name -> name.substring(0, name.length() - ".java".length()))
                    .sorted()
                    .toList();
        }
    }

    private static int classFileVersion(byte[] content) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(content))) {
            in.skipNBytes(6);
            return in.readUnsignedShort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Document pom(Map<String, byte[]> files, String artifact) throws Exception {
        byte[] content = files.getOrDefault(place(artifact) + ".pom", new byte[0]);
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new ByteArrayInputStream(content));
    }

    /** The text of the element at this path below project; empty if it is missing. */
    private static String value(Document pom, String path) throws Exception {
        XPath xpath = XPathFactory.newInstance().newXPath();
        return xpath.evaluate("/project/" + path, pom);
    }

    private static String hash(String algorithm, byte[] content) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(content));
    }

    private static String text(Map<String, byte[]> files, String name) {
        return new String(files.getOrDefault(name, new byte[0]), UTF_8);
    }

    private static Map<String, byte[]> zip(Map<String, byte[]> files, String name) {
        return unzip(files.getOrDefault(name, new byte[0]));
    }

    private static Map<String, byte[]> entries(Path zip) {
        try {
            return unzip(Files.readAllBytes(zip));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, byte[]> unzip(byte[] content) {
        Map<String, byte[]> files = new TreeMap<>();
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(content))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                if (!entry.isDirectory()) {
                    files.put(entry.getName(), ((InputStream) zip).readAllBytes());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files;
    }

    private static void gpg(String... arguments) {
        Program.require("gpg")
                .arguments("--batch", "--quiet", "--passphrase", "")
                .arguments(arguments)
                .environment("GNUPGHOME", keys.toString())
                .run()
                .orThrow();
    }
}
