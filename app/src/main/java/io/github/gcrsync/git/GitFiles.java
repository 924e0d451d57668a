package io.github.gcrsync.git;

import io.github.gcrsync.ledger.LedgerException;
import io.github.gcrsync.text.Message;
import io.github.gcrsync.text.Printable;
import java.io.EOFException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipException;
import org.eclipse.jgit.api.errors.InvalidRefNameException;
import org.eclipse.jgit.errors.ConfigInvalidException;
import org.eclipse.jgit.errors.CorruptObjectException;
import org.eclipse.jgit.errors.IncorrectObjectTypeException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.storage.file.FileBasedConfig;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.eclipse.jgit.util.FS;
import org.eclipse.jgit.util.FileUtils;

/** Files and folders of repositories on this machine. */
final class GitFiles {
    /**
     * The files that JGit creates before the configuration, which comes last. JGit uses some of them to test whether
     * the file system supports executable files and links.
     */
    private static final Pattern MADE_FIRST =
            Pattern.compile("HEAD|(HEAD|config)\\.lock|refs|objects|branches|hooks|logs|try\\d+execute|tmplink");

    private GitFiles() {}

    static boolean isBareRepository(Path folder) {
        return Files.isRegularFile(folder.resolve(Constants.HEAD))
                && Files.isDirectory(folder.resolve("objects"))
                && Files.isDirectory(folder.resolve("refs"));
    }

    /** Whether there is nothing yet, or only a partial repository of a run that was killed or ran out of disk space. */
    static boolean isAbsentOrEmpty(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return true;
        }
        if (!Files.isDirectory(folder)) {
            return false;
        }
        try (Stream<Path> content = Files.walk(folder)) {
            return content.filter(part -> !part.equals(folder)).allMatch(part -> isMadeFirst(folder, part));
        }
    }

    private static boolean isMadeFirst(Path folder, Path part) {
        Path below = folder.relativize(part);
        String top = below.getName(0).toString();
        boolean holdsSomething = below.getNameCount() > 1 && !Files.isDirectory(part);
        return (MADE_FIRST.matcher(top).matches() && !holdsSomething) || top.equals(ProcessLock.FILE);
    }

    /** JGit cannot continue from a partial repository. */
    private static void deletePartial(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> content = Files.list(folder)) {
                for (Path part : content.toList()) {
                    if (!part.endsWith(ProcessLock.FILE)) {
                        delete(part);
                    }
                }
            }
        }
    }

    /** Describes the folder like git: a bare repository, or a work tree whose {@code .git} may be a file. */
    static FileRepositoryBuilder described(Path folder) throws IOException {
        FileRepositoryBuilder builder = new FileRepositoryBuilder().setFS(FS.DETECTED);
        return isBareRepository(folder)
                ? builder.setBare().setGitDir(folder.toFile()).setup()
                : builder.setWorkTree(folder.toFile()).setup();
    }

    /** Returns the repository's own configuration; empty if there is no repository yet. */
    static Config config(Path folder) throws IOException {
        File file = new File(described(folder).getGitCommonDir(), Constants.CONFIG);
        FileBasedConfig config = new FileBasedConfig(file, FS.DETECTED);
        try {
            config.load();
        } catch (ConfigInvalidException e) {
            throw new IOException(e.getMessage(), e);
        }
        return config;
    }

    /** JGit supports only SHA-1 and ignores the format: it would write what git cannot read. */
    static void refuseSha256(Path folder) throws IOException {
        String format = config(folder).getString("extensions", null, "objectformat");
        if (format != null && !format.equalsIgnoreCase("sha1")) {
            throw sha256(folder.toString());
        }
    }

    static LedgerException sha256(String repository) {
        return new LedgerException(
                LedgerException.Kind.UNUSABLE,
                "the metadata repository " + repository + " stores its objects in git's SHA-256 format, which"
                        + " gcrsync does not support",
                "use a repository with SHA-1 objects (git init --object-format=sha1)");
    }

    static Repository bare(Path folder, String newBranch) throws IOException {
        return opened(new FileRepositoryBuilder().setBare().setGitDir(folder.toFile()), folder, true, newBranch);
    }

    static Repository withWorkTree(Path folder, String newBranch) throws IOException {
        Path dot = folder.resolve(Constants.DOT_GIT);
        if (Files.isRegularFile(dot)) {
            // a linked work tree: JGit follows the file
            return new FileRepositoryBuilder()
                    .setFS(FS.DETECTED)
                    .setWorkTree(folder.toFile())
                    .build();
        }
        FileRepositoryBuilder builder =
                new FileRepositoryBuilder().setWorkTree(folder.toFile()).setGitDir(dot.toFile());
        return opened(builder, dot, false, newBranch);
    }

    /** Creates the repository if it is missing; the caller holds its lock. */
    private static Repository opened(FileRepositoryBuilder builder, Path gitFolder, boolean bare, String newBranch)
            throws IOException {
        boolean isNew = !Files.exists(gitFolder.resolve(Constants.CONFIG));
        if (isNew && isAbsentOrEmpty(gitFolder)) {
            deletePartial(gitFolder);
        }
        try {
            builder.setFS(FS.DETECTED).setInitialBranch(newBranch);
        } catch (InvalidRefNameException e) {
            throw new LedgerException(
                    LedgerException.Kind.UNUSABLE,
                    Message.of(
                            "'" + Printable.shortened(newBranch) + "' is not a branch name that git accepts",
                            "change --branch"),
                    e);
        }
        Repository git = builder.build();
        if (isNew) {
            git.create(bare);
        }
        return git;
    }

    /** Deletes the folder recursively; deletes links without following them. */
    static void delete(Path folder) throws IOException {
        FileUtils.delete(folder.toFile(), FileUtils.RECURSIVE | FileUtils.SKIP_MISSING);
    }

    /**
     * Deletes {@code *.lock} files of refs, index and configuration that a killed run of ours left.
     *
     * @param since older files belong to other programs
     */
    static void deleteStaleLocks(Path gitFolder, Instant since) throws IOException {
        Path branches = gitFolder.resolve("refs");
        try (Stream<Path> top = Files.list(gitFolder);
                Stream<Path> refs = Files.exists(branches) ? Files.walk(branches) : Stream.empty()) {
            for (Path lock : Stream.concat(top, refs)
                    .filter(file -> file.getFileName().toString().endsWith(".lock"))
                    .filter(Files::isRegularFile)
                    .toList()) {
                if (!lock.endsWith(ProcessLock.FILE) && isSince(lock, since)) {
                    Files.deleteIfExists(lock);
                }
            }
        }
    }

    private static boolean isSince(Path file, Instant since) throws IOException {
        try {
            // file times may be as coarse as two seconds
            return Files.getLastModifiedTime(file).toInstant().plusSeconds(2).isAfter(since);
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** Tells a repository with broken objects from one that is temporarily unreachable or not writable. */
    static boolean isCorrupt(Throwable thrown) {
        for (Throwable t = thrown; t != null; t = t.getCause()) {
            if (t instanceof MissingObjectException
                    || t instanceof CorruptObjectException
                    || t instanceof IncorrectObjectTypeException
                    || t instanceof EOFException
                    || t instanceof ZipException) {
                return true;
            }
        }
        return false;
    }
}
