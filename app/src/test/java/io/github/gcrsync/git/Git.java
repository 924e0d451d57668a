package io.github.gcrsync.git;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.ledger.Sample;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The real {@code git} program, which checks what gcrsync wrote; it reads no configuration of the machine. */
final class Git {
    private static final Git ANYWHERE = new Git(Path.of(System.getProperty("java.io.tmpdir")));

    private final Path folder;

    Git(Path folder) {
        this.folder = folder;
    }

    static Path bare(Path folder) throws Exception {
        return bare(folder, "master");
    }

    static Path bare(Path folder, String branch) throws Exception {
        ANYWHERE.run("init", "--quiet", "--bare", "--initial-branch=" + branch, folder.toString());
        return folder;
    }

    static Path repository(Path folder) throws Exception {
        ANYWHERE.run("init", "--quiet", "--initial-branch=master", folder.toString());
        return folder;
    }

    /** In the object format that gcrsync does not support. */
    static Path sha256(Path folder, String... options) throws Exception {
        List<String> arguments =
                new ArrayList<>(List.of("init", "--quiet", "--object-format=sha256", "--initial-branch=main"));
        arguments.addAll(List.of(options));
        arguments.add(folder.toString());
        ANYWHERE.run(arguments.toArray(String[]::new));
        return folder;
    }

    static Path clone(Path from, Path to) throws Exception {
        ANYWHERE.run("clone", "--quiet", from.toString(), to.toString());
        return to;
    }

    String run(String... arguments) throws Exception {
        Process git = start(arguments);
        String out = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(git.waitFor())
                .as("git %s: %s", String.join(" ", arguments), out)
                .isZero();
        return out;
    }

    /** The content of a file in the commit. */
    byte[] show(String commit, String path) throws Exception {
        Process git = start("show", commit + ":" + path);
        byte[] out = git.getInputStream().readAllBytes();
        assertThat(git.waitFor()).as("git show %s:%s", commit, path).isZero();
        return out;
    }

    /** The ImageList of the samples' namespace on the branch. */
    String list(String branch) throws Exception {
        return new String(show(branch, Sample.NAMESPACE + "/ImageList"), StandardCharsets.UTF_8);
    }

    /** Asserts that the repository is complete, undamaged and, with a work tree, without uncommitted changes. */
    void assertSound() throws Exception {
        assertThat(run("fsck", "--full", "--strict", "--no-dangling")).doesNotContain("error", "missing", "broken");
    }

    private Process start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("git"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment()
                .putAll(Map.of(
                        "GIT_CONFIG_NOSYSTEM", "1",
                        "GIT_CONFIG_GLOBAL", "/dev/null",
                        "GIT_AUTHOR_NAME", "A Person",
                        "GIT_AUTHOR_EMAIL", "person@example.org",
                        "GIT_COMMITTER_NAME", "A Person",
                        "GIT_COMMITTER_EMAIL", "person@example.org"));
        try {
            return builder.start();
        } catch (IOException e) {
            throw new IOException("these tests need the program git: apt-get install -y git", e);
        }
    }
}
