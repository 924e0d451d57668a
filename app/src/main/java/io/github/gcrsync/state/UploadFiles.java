package io.github.gcrsync.state;

import io.github.gcrsync.files.ExclusiveLock;
import io.github.gcrsync.files.PrivateFiles;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.registry.UploadJournal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A small file for each large upload in flight, deleted when the upload is complete. The operating system's lock on it
 * shows whether another process is still uploading. If a file cannot be read or written, the upload starts from the
 * beginning.
 */
public final class UploadFiles implements UploadJournal {
    private static final Logger LOG = LoggerFactory.getLogger(UploadFiles.class);
    /** By then registries have discarded unfinished uploads. */
    private static final Duration OLDEST = Duration.ofDays(7);

    private static final int MAX = 1000;
    private static final int NAME_LENGTH = 32;

    private final Path folder;
    private final InstantSource clock;
    private final AtomicBoolean swept = new AtomicBoolean();

    /** @param stateFolder of this user; need not exist */
    public UploadFiles(Path stateFolder, InstantSource clock) {
        this.folder = stateFolder.toAbsolutePath().normalize().resolve("uploads");
        this.clock = clock;
    }

    @Override
    public Entry open(String host, RepositoryName repository, Digest blob) {
        String upload = host + "/" + repository + "@" + blob;
        String name = Digest.sha256(upload.getBytes(StandardCharsets.UTF_8)).hex();
        try {
            PrivateFiles.createFolder(folder);
            if (swept.compareAndSet(false, true)) {
                sweep();
            }
            return locked(folder.resolve(name.substring(0, NAME_LENGTH))).orElse(Entry.NONE);
        } catch (IOException e) {
            LOG.debug("the upload of {} to {} is not remembered: {}", blob, repository, e.toString());
            return Entry.NONE;
        }
    }

    /** Returns empty while another process holds the lock. */
    private static Optional<Entry> locked(Path file) throws IOException {
        return ExclusiveLock.tryAcquire(file, PrivateFiles.own()).map(lock -> new UploadFile(file, lock));
    }

    private record Aged(Path file, Instant written) {}

    /** Deletes files that are too old or too many. */
    private void sweep() throws IOException {
        Instant oldest = clock.instant().minus(OLDEST);
        List<Aged> latestFirst;
        try (Stream<Path> files = Files.list(folder)) {
            latestFirst = files.map(UploadFiles::aged)
                    .sorted(Comparator.comparing(Aged::written).reversed())
                    .toList();
        }
        for (int i = 0; i < latestFirst.size(); i++) {
            if (i >= MAX || latestFirst.get(i).written().isBefore(oldest)) {
                locked(latestFirst.get(i).file()).ifPresent(unused -> {
                    unused.forget();
                    unused.close();
                });
            }
        }
    }

    private static Aged aged(Path file) {
        try {
            return new Aged(file, Files.getLastModifiedTime(file).toInstant());
        } catch (IOException e) {
            return new Aged(file, Instant.MAX); // Deleted meanwhile by a process that is uploading.
        }
    }
}
