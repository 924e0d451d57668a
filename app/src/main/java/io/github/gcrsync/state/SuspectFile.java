package io.github.gcrsync.state;

import io.github.gcrsync.files.ExclusiveLock;
import io.github.gcrsync.files.PrivateFiles;
import io.github.gcrsync.files.TempFile;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.text.Printable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The suspects of one mirror, one per line. Without suspects there is no file; deleting it only forgets them. A damaged
 * file is set aside. If it cannot be read or written, that is logged and the run continues.
 */
public final class SuspectFile {
    private static final Logger LOG = LoggerFactory.getLogger(SuspectFile.class);
    /** Another run holds the lock only while it writes a small file. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final int NAME_LENGTH = 32;
    private static final String HEAD = "# gcrsync quarantine 1: ";

    private final Path folder;
    private final Path file;
    private final String head;
    private boolean damaged;

    /** @param mirror the key of the mirror; each mirror has its own file */
    public SuspectFile(Path stateFolder, String mirror) {
        this.folder = stateFolder.toAbsolutePath().normalize().resolve("quarantine");
        this.file = folder.resolve(name(mirror));
        this.head = HEAD + Printable.of(mirror);
    }

    /** Returns the name of the files of a mirror. */
    static String name(String mirror) {
        return Digest.sha256(mirror.getBytes(StandardCharsets.UTF_8)).hex().substring(0, NAME_LENGTH);
    }

    /** Returns the suspects by image; changes nothing. */
    public NavigableMap<String, Suspect> read() {
        damaged = false;
        try {
            return parsed(Files.readString(file));
        } catch (NoSuchFileException e) {
            return new TreeMap<>();
        } catch (FileSystemException e) {
            LOG.warn("the quarantine cannot be read, continuing without it: {}", e.toString());
            return new TreeMap<>();
        } catch (IOException | IllegalArgumentException | DateTimeException e) {
            damaged = true;
            LOG.warn("the quarantine in {} is damaged, continuing without it: {}", file, e.getMessage());
            return new TreeMap<>();
        }
    }

    /** Whether the last read found a damaged file, which is to be replaced. */
    public boolean isDamaged() {
        return damaged;
    }

    /** Applies a change to the current file, under the lock. */
    public NavigableMap<String, Suspect> update(Consumer<NavigableMap<String, Suspect>> change) {
        try {
            PrivateFiles.createFolder(folder);
            try (ExclusiveLock _ = locked()) {
                NavigableMap<String, Suspect> suspects = read();
                if (damaged) {
                    setAside();
                }
                change.accept(suspects);
                write(suspects);
                return suspects;
            }
        } catch (IOException e) {
            LOG.warn("the quarantine cannot be written: {}", e.toString());
            NavigableMap<String, Suspect> suspects = read();
            change.accept(suspects);
            return suspects;
        }
    }

    private ExclusiveLock locked() throws IOException {
        Path lock = sibling(".lock");
        return ExclusiveLock.acquire(lock, PATIENCE, PrivateFiles.own())
                .orElseThrow(() -> new FileSystemException(
                        lock.toString(), null, "another run has held it for " + PATIENCE.toSeconds() + " seconds"));
    }

    private void write(NavigableMap<String, Suspect> suspects) throws IOException {
        if (suspects.isEmpty()) {
            Files.deleteIfExists(file);
            return;
        }
        StringBuilder text = new StringBuilder(head).append('\n');
        for (Suspect suspect : suspects.values()) {
            text.append(suspect.image()).append(' ');
            text.append(suspect.digest()).append(' ');
            text.append(suspect.runs()).append(' ');
            text.append(suspect.tried()).append(' ');
            text.append(Printable.of(suspect.reason())).append('\n');
        }
        try (TempFile temporary = TempFile.in(folder, PrivateFiles.own())) {
            byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
            temporary.write(bytes, bytes.length);
            temporary.moveTo(file);
        }
    }

    private static NavigableMap<String, Suspect> parsed(String text) {
        List<String> lines = text.lines().toList();
        if (lines.isEmpty() || !lines.getFirst().startsWith(HEAD) || !text.endsWith("\n")) {
            throw new IllegalArgumentException("not a quarantine file, or truncated");
        }
        NavigableMap<String, Suspect> suspects = new TreeMap<>();
        for (String line : lines.subList(1, lines.size())) {
            String[] fields = line.split(" ", 5);
            if (fields.length < 5) {
                throw new IllegalArgumentException("a line is too short");
            }
            Suspect suspect = new Suspect(
                    fields[0], new Digest(fields[1]), Integer.parseInt(fields[2]), Instant.parse(fields[3]), fields[4]);
            suspects.put(suspect.image(), suspect);
        }
        return suspects;
    }

    private void setAside() throws IOException {
        Path aside = sibling(".damaged");
        Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
        damaged = false;
        LOG.warn("the quarantine starts empty; the damaged file was moved to {}", aside);
    }

    private Path sibling(String suffix) {
        return file.resolveSibling(file.getFileName() + suffix);
    }
}
