package io.github.gcrsync.state;

import io.github.gcrsync.files.ExclusiveLock;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.registry.UploadJournal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The state of one upload: lines of a checksum and a location. The last valid line counts, so a truncated line is
 * ignored. The file is appended to, not replaced by a rename, because the lock is on the file. Each line is flushed,
 * once per request of an upload of 16 MiB or more.
 */
final class UploadFile implements UploadJournal.Entry {
    private static final Logger LOG = LoggerFactory.getLogger(UploadFile.class);

    private static final int MAX = 256 << 10;
    private static final int MAX_LOCATION = 16 << 10;
    private static final int CHECK = 16;

    private final Path file;
    private final ExclusiveLock lock;
    private final FileChannel channel;
    private boolean forgotten;

    UploadFile(Path file, ExclusiveLock lock) {
        this.file = file;
        this.lock = lock;
        this.channel = lock.channel();
    }

    @Override
    public Optional<String> location() {
        try {
            return Optional.of(text())
                    .flatMap(text -> text.lines()
                            .filter(UploadFile::isSound)
                            .reduce((_, last) -> last)
                            .map(line -> line.substring(CHECK + 1)));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private String text() throws IOException {
        ByteBuffer text = ByteBuffer.allocate((int) Math.min(channel.size(), MAX));
        int read = 0;
        while (text.hasRemaining() && read >= 0) {
            read = channel.read(text, text.position());
        }
        return new String(text.array(), 0, text.position(), StandardCharsets.UTF_8);
    }

    private static boolean isSound(String line) {
        return line.length() > CHECK + 1 && line.equals(line(line.substring(CHECK + 1)));
    }

    private static String line(String location) {
        String check = Digest.sha256(location.getBytes(StandardCharsets.UTF_8)).hex();
        return check.substring(0, CHECK) + " " + location;
    }

    @Override
    public void remember(String location) {
        // The leading newline keeps a truncated line before it from spoiling this one.
        byte[] line = ("\n" + line(location) + "\n").getBytes(StandardCharsets.UTF_8);
        try {
            if (line.length > MAX_LOCATION || channel.size() + line.length > MAX) {
                channel.truncate(0);
            }
            if (line.length <= MAX_LOCATION) {
                channel.write(ByteBuffer.wrap(line), channel.size());
                channel.force(false);
            }
        } catch (IOException e) {
            LOG.debug("an upload is not remembered: {}", e.toString());
        }
    }

    @Override
    public void forget() {
        forgotten = true;
    }

    @Override
    public void close() {
        try (lock) {
            if (forgotten || channel.size() == 0) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            LOG.debug("the file of an upload cannot be deleted: {}", e.toString());
        }
    }
}
