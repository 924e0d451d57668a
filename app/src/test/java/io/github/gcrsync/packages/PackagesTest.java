package io.github.gcrsync.packages;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.testkit.CertificateAuthority;
import io.github.gcrsync.testkit.DockerRegistry;
import io.github.gcrsync.testkit.Program;
import io.github.gcrsync.testkit.SampleNamespace;
import io.github.gcrsync.testkit.TestRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packages of ./package run where they are unpacked, and builds are reproducible. */
final class PackagesTest {
    private static final String VERSION_LINE = "gcrsync 2\\.\\S+ \\(commit [0-9a-f]{12}, Java 25\\S*\\)\n";

    private static BuiltPackages packages;
    private static BuiltPackages again;

    @TempDir
    private Path folder;

    @BeforeAll
    static void build(@TempDir Path folder) throws Exception {
        try (var threads = Executors.newFixedThreadPool(2)) {
            List<Callable<BuiltPackages>> builds =
                    List.of(() -> BuiltPackages.ofTheCheckout(folder), () -> BuiltPackages.ofACopy(folder));
            var built = threads.invokeAll(builds);
            packages = built.get(0).get();
            again = built.get(1).get();
        }
    }

    @Test
    void buildsIdenticalPackagesAnywhere() throws Exception {
        assertThat(packages.files()).hasSize(5);
        assertThat(again.files().keySet()).isEqualTo(packages.files().keySet());
        Map<String, Long> firstDifferences = new TreeMap<>();
        for (Map.Entry<String, Path> file : packages.files().entrySet()) {
            Path other = again.folder().resolve(file.getKey());
            firstDifferences.put(file.getKey(), Files.mismatch(file.getValue(), other));
        }
        assertThat(firstDifferences.values()).as("%s", firstDifferences).containsOnly(-1L);
    }

    @Test
    void matchesChecksumFile() throws Exception {
        assertThat(Files.readAllLines(packages.ending("SHA256SUMS"))).hasSize(4);
        Program.require("sha256sum")
                .arguments("--check", "--strict", "SHA256SUMS")
                .in(packages.folder())
                .run()
                .orThrow();
    }

    @Test
    void runsArchiveFromAnyFolder() throws Exception {
        assertRuns(unpackedArchive());
    }

    /** Registries with two kinds of certificates: the packaged Java has what TLS needs. */
    @Test
    void mirrorsOverTlsFromArchive() throws Exception {
        List<String> gcrsync = unpackedArchive();
        CertificateAuthority authority = CertificateAuthority.in(folder.resolve("authority"));
        CertificateAuthority.Issued server = authority.server();
        try (TestRegistry source = TestRegistry.builder().gcrListing(true).start();
                DockerRegistry destination = DockerRegistry.in(folder.resolve("registry"))
                        .tls(server.certificate(), server.key())
                        .start()) {
            SampleNamespace.fill(source, "team", 2, 2, 1);

            Program.Result result = run(
                    gcrsync,
                    "sync",
                    "--source=" + source.host(),
                    "--namespace=team",
                    "--destination=" + destination.host() + "/mirror",
                    "--ca-file=" + authority.certificate());

            assertThat(result.exitCode()).as(result.toString()).isZero();
            assertThat(result.stdout()).contains("  copied               4");
        }
    }

    @Test
    void loadsArchiveClassesFromStartupCache() throws Exception {
        List<String> gcrsync = unpackedArchive("GCRSYNC_JAVA_OPTIONS=-Xlog:class+load:stderr");

        List<String> loaded = run(gcrsync, "demo")
                .orThrow()
                .stderr()
                .lines()
                .filter(line -> line.contains(" source: "))
                .toList();

        assertThat(loaded).hasSizeGreaterThan(2000);
        List<String> strangers = loaded.stream()
                .filter(line -> !line.contains("shared objects file"))
                .toList();
        // Some classes are generated at run time. If there are many more, renew the list with ./package --rehearse
        assertThat(strangers).hasSizeLessThan(loaded.size() / 10);
    }

    @Test
    void recordsFlightsWithPackagedJava() throws Exception {
        Path recording = folder.resolve("flight.jfr");
        List<String> gcrsync = unpackedArchive("GCRSYNC_JAVA_OPTIONS=-XX:StartFlightRecording:filename=" + recording);

        run(gcrsync, "config", "check").orThrow();

        assertThat(recording).isNotEmptyFile();
    }

    @Test
    void runsDebianPackageAndDeclaresDependencies() throws Exception {
        String file = packages.ending(".deb").toString();
        dpkg("--raw-extract", file, "root");
        Path root = folder.resolve("root");

        assertRuns(List.of("env", "-i", "PATH=" + onlyReadlink(), root.resolve("usr/bin/gcrsync") + ""));
        assertThat(dpkg("--field", file, "Version", "Depends"))
                .matches("Version: 2\\.\\S+\nDepends: libc6(, zlib1g)?\n")
                .doesNotContain("-SNAPSHOT");
        assertThat(dpkg("--contents", file).lines()).isNotEmpty().allMatch(line -> line.contains(" root/root "));
        Program.require("md5sum")
                .arguments("--check", "--quiet", "--strict", "DEBIAN/md5sums")
                .in(root)
                .run()
                .orThrow();
        assertThat(root.resolve("usr/share"))
                .isDirectoryRecursivelyContaining("glob:**/man/man1/gcrsync-sync.1.gz")
                .isDirectoryRecursivelyContaining("glob:**/bash-completion/completions/gcrsync")
                .isDirectoryRecursivelyContaining("glob:**/zsh/vendor-completions/_gcrsync")
                .isDirectoryRecursivelyContaining("glob:**/fish/vendor_completions.d/gcrsync.fish")
                .isDirectoryRecursivelyContaining("glob:**/doc/gcrsync/copyright");
    }

    @Test
    void runsImageAsUnprivilegedUser() throws Exception {
        Path archive = packages.ending(".oci.tar");
        String tag = archive.getFileName().toString().replaceAll("gcrsync-|-linux.*", "");
        String config = Program.require("skopeo")
                .arguments("inspect", "--config", "oci-archive:" + archive + ":" + tag)
                .run()
                .orThrow()
                .stdout();
        assertThat(config.replaceAll("\\s", ""))
                .contains("\"User\":\"65532:65532\"", "\"Entrypoint\":[\"gcrsync\"]", "\"os\":\"linux\"")
                .contains("\"HOME=/home/gcrsync\"", "\"PATH=/usr/lib/gcrsync/bin:");

        Path layout = Files.createDirectory(folder.resolve("layout"));
        Program.require("tar")
                .arguments("-xf", archive + "", "-C", layout + "")
                .run()
                .orThrow();
        boolean isRoot = Program.require("id").arguments("-u").run().stdout().equals("0\n");
        List<String> unpack = new ArrayList<>(List.of("unpack", "--image", layout + ":" + tag, "bundle"));
        if (!isRoot) {
            unpack.add("--rootless");
        }
        Program.require("umoci")
                .arguments(unpack.toArray(String[]::new))
                .in(folder)
                .run()
                .orThrow();

        assertRuns(contained(folder.resolve("bundle/rootfs"), isRoot));
    }

    @Test
    void listsComponentsInBom() throws Exception {
        List<String> gcrsync = unpackedArchive();
        String parts = Files.readString(packages.ending(".cdx.json"));

        assertThat(parts).contains("\"bomFormat\" : \"CycloneDX\"").doesNotContain("junit");
        Path libraries = Path.of(gcrsync.getLast()).resolveSibling("../lib");
        try (Stream<Path> jars = Files.walk(libraries)) {
            assertThat(jars.map(jar -> jar.getFileName().toString()).filter(name -> name.endsWith(".jar")))
                    .hasSizeGreaterThan(10)
                    .allSatisfy(jar -> assertThat(parts)
                            .containsPattern("pkg:maven/[^\"]*"
                                    + jar.replaceAll("-(\\d.*)\\.jar$", "@$1").replace(".", "\\.")));
        }
    }

    /** Their jars are not on the class path of a sync. */
    @Test
    void findsLibrariesOfServer() throws Exception {
        List<String> gcrsync = unpackedArchive();
        Path file = Files.writeString(folder.resolve("gcrsync.yaml"), """
                mirrors:
                  - name: team
                    schedule: 30 25 * * *
                    source: registry.example.com/team
                    destination: oci:/mirror
                """);

        Program.Result wrong = run(gcrsync, "server", "--config=" + file);

        assertThat(wrong.exitCode()).isEqualTo(2);
        assertThat(wrong.stderr()).contains("gcrsync.yaml:3:15").contains("is not a schedule of cron");
        assertThat(run(gcrsync, "config", "check", file + "").exitCode()).isEqualTo(2);
    }

    /** The jars are those of app/target and app/target/lib. */
    @Test
    void excludesTestkitAndBuildToolsFromArchive() throws Exception {
        Path libraries = Path.of(unpackedArchive().getLast()).resolveSibling("../lib");
        List<String> classes = new ArrayList<>();
        try (Stream<Path> jars = Files.list(libraries)) {
            for (Path jar :
                    jars.filter(file -> file.toString().endsWith(".jar")).toList()) {
                try (JarFile content = new JarFile(jar.toFile())) {
                    content.stream().map(ZipEntry::getName).forEach(classes::add);
                }
            }
        }

        assertThat(classes)
                .contains(
                        "io/github/gcrsync/cli/Main.class",
                        "io/github/gcrsync/engine/Engine.class",
                        "io/github/gcrsync/help/sync.txt")
                .noneMatch(name -> name.matches("(io/github/gcrsync/(testkit|build)|org/junit)/.*"));
    }

    /** Calls the unpacked archive by its path, with only these environment variables. */
    private List<String> unpackedArchive(String... environment) throws IOException {
        Path place = Files.createDirectory(folder.resolve("a place"));
        Program.require("tar")
                .arguments("-xzf", packages.ending(".tar.gz") + "", "--strip-components=1", "-C", place + "")
                .run()
                .orThrow();
        List<String> command = new ArrayList<>(List.of("env", "-i", "PATH=/nowhere", "HOME=" + folder));
        command.addAll(List.of(environment));
        command.add(place.resolve("bin/gcrsync").toString());
        return command;
    }

    /**
     * Simulates a container runtime's namespaces: another root with /proc and /dev, and the image's user and variables.
     */
    private static List<String> contained(Path rootfs, boolean isRoot) throws IOException {
        Files.createDirectories(rootfs.resolve("proc"));
        Files.createDirectories(rootfs.resolve("dev"));
        String changeRoot = isRoot
                ? "\"$(command -v chroot)\" --userspec=65532:65532 \"$0\""
                : "\"$(command -v unshare)\" --user --map-user=65532 --map-group=65532 --root=\"$0\"";
        String script = """
                mount --rbind /proc "$0/proc" && mount --rbind /dev "$0/dev" &&
                    exec env -i HOME=/home/gcrsync PATH=/usr/lib/gcrsync/bin:/usr/bin:/bin %s \\
                        /bin/sh -c 'cd && exec gcrsync "$@"' gcrsync "$@"
                """.formatted(changeRoot);
        List<String> command = new ArrayList<>(List.of("unshare", "--mount"));
        if (!isRoot) {
            command.addAll(List.of("--user", "--map-root-user"));
        }
        command.addAll(List.of("sh", "-c", script, rootfs.toString()));
        return command;
    }

    private void assertRuns(List<String> gcrsync) {
        assertThat(run(gcrsync, "--version").orThrow().stdout()).matches(VERSION_LINE);
        assertThat(run(gcrsync, "--help").orThrow().stdout()).contains("Usage: gcrsync");
        assertThat(run(gcrsync, "demo").orThrow().stdout()).contains("every digest is the source's");
    }

    private Program.Result run(List<String> gcrsync, String... arguments) {
        return Program.require(gcrsync.getFirst())
                .arguments(gcrsync.subList(1, gcrsync.size()).toArray(String[]::new))
                .arguments(arguments)
                .in(folder)
                .within(Duration.ofMinutes(3))
                .run();
    }

    /** The only program that the launcher needs on PATH, and only if it is called through a link. */
    private Path onlyReadlink() throws IOException {
        Path programs = Files.createDirectory(folder.resolve("programs"));
        Files.createSymbolicLink(
                programs.resolve("readlink"),
                Path.of(Program.require("readlink").name()));
        return programs;
    }

    private String dpkg(String... arguments) {
        return Program.require("dpkg-deb")
                .arguments(arguments)
                .in(folder)
                .run()
                .orThrow()
                .stdout();
    }
}
