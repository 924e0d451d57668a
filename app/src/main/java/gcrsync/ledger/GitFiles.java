package gcrsync.ledger;

import java.io.File;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Set;
import java.util.stream.Stream;
import org.eclipse.jgit.errors.ConfigInvalidException;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.RefUpdate;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.storage.file.FileBasedConfig;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.eclipse.jgit.util.FS;

/** The files and folders of repositories on this machine. */
final class GitFiles {
    /** What JGit makes of a repository before its configuration, which comes last. */
    private static final Set<String> MADE_FIRST =
            Set.of("HEAD", "HEAD.lock", "config.lock", "refs", "objects", "branches", "hooks", "logs");

    private GitFiles() {}

    static boolean isBareRepository(Path folder) {
        return Files.isRegularFile(folder.resolve(Constants.HEAD))
                && Files.isDirectory(folder.resolve("objects"))
                && Files.isDirectory(folder.resolve("refs"));
    }

    /** Whether there is nothing yet, or only what a run had made of a repository when it was killed or the disk was full. */
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
        return (MADE_FIRST.contains(top) && !holdsSomething) || top.equals(ProcessLock.FILE);
    }

    /** What git itself is told about the folder: a bare repository, or a work tree, whose {@code .git} may be a file. */
    static FileRepositoryBuilder described(Path folder) throws IOException {
        FileRepositoryBuilder builder = new FileRepositoryBuilder().setFS(FS.DETECTED);
        return isBareRepository(folder)
                ? builder.setBare().setGitDir(folder.toFile()).setup()
                : builder.setWorkTree(folder.toFile()).setup();
    }

    /** The repository's own configuration; empty if there is no repository yet. */
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

    /** Creates the repository if it is not there; the caller holds its lock. */
    private static Repository opened(FileRepositoryBuilder builder, Path gitFolder, boolean bare, String newBranch)
            throws IOException {
        boolean isNew = !Files.exists(gitFolder.resolve(Constants.CONFIG));
        if (isNew && isAbsentOrEmpty(gitFolder)) {
            for (String half : MADE_FIRST) {
                delete(gitFolder.resolve(half)); // JGit does not go on from there.
            }
        }
        Repository git = builder.setFS(FS.DETECTED).build();
        if (isNew) {
            git.create(bare);
            RefUpdate head = git.updateRef(Constants.HEAD);
            head.disableRefLog();
            head.link(Constants.R_HEADS + newBranch);
        }
        return git;
    }

    /** A folder that only its owner may look into: a private repository's content ends up there. */
    static void createPrivate(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(folder);
            PosixFileAttributeView posix = Files.getFileAttributeView(folder, PosixFileAttributeView.class);
            if (posix != null) {
                posix.setPermissions(PosixFilePermissions.fromString("rwx------"));
            }
        }
    }

    static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, java.io.IOException e) throws IOException {
                Files.delete(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /**
     * Deletes the {@code *.lock} files that a dead run of ours left: those of refs, index and configuration.
     *
     * @param since older files are someone else's
     */
    static void deleteStaleLocks(Path gitFolder, Instant since) throws IOException {
        try (Stream<Path> top = Files.list(gitFolder);
                Stream<Path> refs = Files.walk(gitFolder.resolve("refs"))) {
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
}
