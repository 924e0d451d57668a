package gcrsync.e2e;

import gcrsync.oci.Json;
import gcrsync.testkit.Program;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** A metadata repository as the real git shows it. */
final class Recorded {
    private final Path repository;

    Recorded(Path repository) {
        this.repository = repository;
    }

    Path path() {
        return repository;
    }

    boolean exists() {
        return Files.exists(repository);
    }

    int commits() {
        return Integer.parseInt(git("rev-list", "--count", "HEAD").strip());
    }

    /** Each {@code name:tag} of ImageList, in its order. */
    List<String> images() {
        Object tree = Json.tree(file("ImageList").getBytes(StandardCharsets.UTF_8));
        return tree instanceof List<?> images
                ? images.stream().map(String::valueOf).toList()
                : List.of();
    }

    /** {@code name:tag} to digest, as ImageDigests has it. */
    SortedMap<String, String> digests() {
        SortedMap<String, String> digests = new TreeMap<>();
        file("ImageDigests").lines().filter(line -> !line.startsWith("#")).forEach(line -> {
            String[] columns = line.split(" ", 3);
            digests.put(columns[0], columns[1]);
        });
        return digests;
    }

    /** A file of the namespace in the last commit. */
    String file(String name) {
        return git("show", "HEAD:" + Workplace.NAMESPACE + "/" + name);
    }

    String git(String... arguments) {
        return Program.require("git")
                .environment("GIT_CONFIG_NOSYSTEM", "1")
                .environment("GIT_CONFIG_GLOBAL", "/dev/null")
                .in(repository)
                .arguments(arguments)
                .run()
                .orThrow()
                .stdout();
    }
}
