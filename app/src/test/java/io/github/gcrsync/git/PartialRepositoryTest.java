package io.github.gcrsync.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.gcrsync.ledger.Child;
import io.github.gcrsync.ledger.Ledger;
import io.github.gcrsync.ledger.Sample;
import io.github.gcrsync.testkit.Program;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A run killed while it creates the metadata repository: records the system calls of a complete creation, and after
 * each of them runs gcrsync on what the calls so far have created.
 */
class PartialRepositoryTest {
    private static final String CALLS =
            "trace=?mkdir,?mkdirat,?open,openat,?creat,?rename,?renameat,renameat2,?unlink,unlinkat,?rmdir,?symlink,symlinkat,?link,linkat";
    private static final Pattern CALL = Pattern.compile(
            "(mkdir|open|creat|rename|unlink|rmdir|symlink|link)\\w*\\((?:AT_FDCWD, )?\"([^\"]+)\"(?:, (?:AT_FDCWD, )?\"([^\"]+)\")?"
                    + "(.*)\\) += \\d+.*");
    private static final Pattern PROCESS_LOCK = Pattern.compile("gcrsync\\.lock|[0-9a-f]{32}\\.lock");

    @TempDir
    Path temp;

    private Path made;

    @BeforeEach
    void findFolder() throws IOException {
        made = temp.toRealPath().resolve("made");
    }

    /** @param second argument of a rename or link */
    private record Call(String name, String path, String second) {}

    @ParameterizedTest
    @ValueSource(strings = {"metadata", "metadata.git"})
    void recoversFromKillAtAnyPointOfCreation(String name) throws Exception {
        assumeTrue(
                Program.require("strace")
                                .arguments("-o", "/dev/null", "true")
                                .run()
                                .exitCode()
                        == 0,
                "nothing may be traced here");
        Path repository = made.resolve(name);
        List<Call> calls = callsOfCreation(repository);
        Map<Path, byte[]> contents = contents();
        assertThat(calls).hasSizeGreaterThan(15);

        for (int moment = 0; moment <= calls.size(); moment++) {
            GitFiles.delete(made);
            for (Call call : calls.subList(0, moment)) {
                replay(call, contents);
            }
            try (MetadataRepository opened = Workbench.open(repository, made.resolve("state"))) {
                Ledger ledger = Workbench.ledger(opened);
                ledger.record(Sample.entries("a:1"));
                assertThat(ledger.checkpoint().commit())
                        .as("after %s", calls.subList(0, moment))
                        .isPresent();
            }
            assertThat(new Git(repository).list("master")).contains("a:1");
            new Git(repository).assertSound();
            try (Stream<Path> left = Files.walk(made)) {
                assertThat(left.map(file -> file.getFileName().toString()))
                        .as("after %s", calls.subList(0, moment))
                        .noneMatch(file -> file.matches("try.*execute|tmplink|(HEAD|config)\\.lock"));
            }
        }
    }

    /** In order; a single thread makes them all. */
    private List<Call> callsOfCreation(Path repository) throws Exception {
        Path log = Files.createDirectory(temp.resolve("calls"));
        Process process = Child.start(
                List.of("strace", "-ff", "-qq", "-s", "4096", "-e", CALLS, "-o", log + "/"),
                LedgerProcess.class,
                Map.of(),
                "-Xmx128m",
                repository.toString(),
                made.resolve("state").toString(),
                "none");
        process.getOutputStream().close();
        assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .contains("ready");
        assertThat(process.waitFor()).isZero();

        List<List<Call>> byThread = new ArrayList<>();
        try (Stream<Path> threads = Files.list(log)) {
            for (Path thread : threads.toList()) {
                byThread.add(Files.readAllLines(thread).stream()
                        .map(CALL::matcher)
                        .filter(Matcher::matches)
                        .filter(call ->
                                !call.group(1).equals("open") || call.group(4).contains("O_CREAT"))
                        .map(call -> new Call(call.group(1), call.group(2), String.valueOf(call.group(3))))
                        .filter(call -> (call.path() + call.second()).contains(made.toString()))
                        .toList());
            }
        }
        return byThread.stream()
                .filter(calls -> !calls.isEmpty())
                .reduce((one, other) -> {
                    throw new AssertionError("two threads: " + one + other);
                })
                .orElseThrow();
    }

    /** The final content of the files, by final name. */
    private Map<Path, byte[]> contents() throws IOException {
        Map<Path, byte[]> contents = new HashMap<>();
        try (Stream<Path> files = Files.walk(made)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                contents.put(file, Files.readAllBytes(file));
            }
        }
        return contents;
    }

    private static void replay(Call call, Map<Path, byte[]> contents) throws IOException {
        Path path = Path.of(call.path());
        switch (call.name()) {
            case "mkdir" -> Files.createDirectories(path);
            case "open", "creat" -> {
                Path later = path.resolveSibling(path.getFileName().toString().replaceFirst("\\.lock$", ""));
                byte[] whole = contents.getOrDefault(later, new byte[0]);
                boolean isHeld =
                        PROCESS_LOCK.matcher(path.getFileName().toString()).matches();
                Files.write(
                        path,
                        isHeld ? ("pid 999999 since " + Instant.now() + "\n").getBytes(StandardCharsets.UTF_8) : whole);
            }
            case "rename" -> Files.move(path, Path.of(call.second()), StandardCopyOption.REPLACE_EXISTING);
            case "symlink" -> Files.createSymbolicLink(Path.of(call.second()), path);
            case "link" -> Files.createLink(Path.of(call.second()), path);
            default -> {
                try {
                    Files.delete(path);
                } catch (NoSuchFileException e) {
                    throw new IOException("recorded out of order: " + call, e);
                }
            }
        }
    }
}
