package io.github.gcrsync.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.testkit.Program;
import io.github.gcrsync.text.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** A metadata repository, with work tree or bare, as shown by the real git. */
public final class MetadataFiles {
    private final Path repository;

    public MetadataFiles(Path repository) {
        this.repository = repository;
    }

    public static MetadataFiles bare(Path folder) {
        Program.require("git")
                .arguments("init", "--quiet", "--bare", "--initial-branch=master", folder.toString())
                .run()
                .orThrow();
        return new MetadataFiles(folder);
    }

    /** A work tree with one commit of these files, as another tool left it. */
    static MetadataFiles writtenBefore(Path folder, String imageList, String readme) throws Exception {
        Path files = Files.createDirectories(folder.resolve(Stage.NAMESPACE));
        Files.writeString(files.resolve("ImageList"), imageList);
        Files.writeString(files.resolve("README.md"), readme);
        MetadataFiles metadata = new MetadataFiles(folder);
        metadata.git("init", "--quiet", "--initial-branch=master");
        metadata.commitAll("Auto sync at 2018-10-03 19:41:38");
        return metadata;
    }

    public void commitAll(String message) {
        git("add", ".");
        git("commit", "--quiet", "-m", message);
    }

    public Path path() {
        return repository;
    }

    public boolean exists() {
        return Files.exists(repository);
    }

    /** Hashes of all commits, newest first. */
    public List<String> commits() {
        return git("rev-list", "HEAD").lines().toList();
    }

    /** The entries of ImageList in order, {@code name:tag}. */
    public List<String> images() {
        Object tree = Json.tree(file("ImageList").getBytes(StandardCharsets.UTF_8));
        return tree instanceof List<?> images
                ? images.stream().map(String::valueOf).toList()
                : List.of();
    }

    /** The digests of ImageDigests by {@code name:tag}. */
    public SortedMap<String, String> digests() {
        SortedMap<String, String> digests = new TreeMap<>();
        file("ImageDigests").lines().filter(line -> !line.startsWith("#")).forEach(line -> {
            String[] columns = line.split(" ", 3);
            digests.put(columns[0], columns[1]);
        });
        return digests;
    }

    public String readme() {
        return file("README.md");
    }

    /** A file of the namespace in the last commit. */
    public String file(String name) {
        return file("HEAD", name);
    }

    public String file(String commit, String name) {
        return git("show", commit + ":" + Stage.NAMESPACE + "/" + name);
    }

    /** Asserts that the repository is complete and undamaged. */
    public void assertSound() {
        assertThat(git("fsck", "--full", "--strict", "--no-dangling")).doesNotContain("error", "missing", "broken");
    }

    public String git(String... arguments) {
        return Program.require("git")
                .environment("GIT_CONFIG_NOSYSTEM", "1")
                .environment("GIT_CONFIG_GLOBAL", "/dev/null")
                .environment("GIT_AUTHOR_NAME", "A Person")
                .environment("GIT_AUTHOR_EMAIL", "person@example.org")
                .environment("GIT_COMMITTER_NAME", "A Person")
                .environment("GIT_COMMITTER_EMAIL", "person@example.org")
                .in(repository)
                .arguments(arguments)
                .run()
                .orThrow()
                .stdout();
    }
}
