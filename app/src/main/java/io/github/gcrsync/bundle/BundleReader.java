package io.github.gcrsync.bundle;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.files.DiskErrors;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.text.Message;
import io.github.gcrsync.text.Printable;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads one part of a bundle from its first byte to its last, and checks all of them. */
final class BundleReader {
    private static final int BUFFER = 256 << 10;

    private static final String REMEDY = "transfer it again, and import only files that gcrsync export has written";

    private final Path file;
    private final Progress progress;
    private final byte[] buffer = new byte[BUFFER];
    private final Map<Digest, Place> blobs = new HashMap<>();
    private final Map<String, String> sums = new HashMap<>();
    /** By their paths. */
    private final Map<String, Digest> links = new HashMap<>();

    private long position;
    private Optional<ContentsJson.Read> contents = Optional.empty();
    private Set<String> repositories = Set.of();
    private boolean isComplete;

    BundleReader(Path file, Progress progress) {
        this.file = file;
        this.progress = progress;
    }

    /** Where the bytes of a blob are. */
    record Place(Path file, long offset, long size) {}

    /**
     * @param blobs in this part
     * @param linked blobs that several repositories have, each of which must be in this part or an earlier one
     */
    record Checked(ContentsJson.Read contents, Map<Digest, Place> blobs, Set<Digest> linked) {}

    /** @throws ContentException if the file is not a whole, undamaged part of a bundle, or cannot be read */
    Checked checked() {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), BUFFER)) {
            int entries = 0;
            for (Optional<TarHeader> entry = next(in); entry.isPresent(); entry = next(in)) {
                if (++entries > BundleLayout.MOST_ENTRIES) {
                    throw new ContentException.Unsupported(
                            "it has more than " + BundleLayout.MOST_ENTRIES + " entries");
                }
                read(entry.get(), in, entries);
            }
            ContentsJson.Read found = contents.orElseThrow(() -> new ContentException.Corrupt(
                    "it is not a file of gcrsync export: it has no " + BundleLayout.CONTENTS));
            if (!isComplete) {
                throw new ContentException.Corrupt("it is incomplete, " + BundleLayout.SUMS + " at its end is missing");
            }
            return new Checked(found, blobs, Set.copyOf(links.values()));
        } catch (ContentException.Unsupported e) {
            throw new ContentException.Unsupported(Message.of(Printable.of(file + ": " + e.getMessage()), REMEDY));
        } catch (ContentException e) {
            throw damaged(file, String.valueOf(e.getMessage()));
        } catch (EOFException e) {
            throw damaged(file, "it is truncated");
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    static ContentException damaged(Path file, String what) {
        return new ContentException.Corrupt(Message.of(Printable.of(file + ": " + what), REMEDY));
    }

    static ContentException unreadable(Path file, IOException e) {
        return new ContentException.Unreachable(
                Message.of(
                        Printable.of("cannot read " + file + ": " + DiskErrors.reason(e)),
                        "check its name, its permissions and its disk"),
                e);
    }

    private Optional<TarHeader> next(InputStream in) throws IOException {
        byte[] block = block(in);
        if (isZero(block)) {
            if (!isZero(block(in)) || in.read() >= 0) {
                throw new ContentException.Corrupt("it is damaged at its end; transfer it again");
            }
            return Optional.empty();
        }
        String records = "";
        TarHeader.check(block);
        if (TarHeader.isPax(block)) {
            long size = TarHeader.size(block);
            if (size > TarHeader.LONGEST_RECORDS) {
                throw new ContentException.Unsupported("a name has " + size + " bytes");
            }
            byte[] content = bytes(in, (int) TarHeader.padded(size));
            records = new String(content, 0, (int) size, StandardCharsets.ISO_8859_1);
            block = block(in);
        }
        return Optional.of(TarHeader.decoded(block, records));
    }

    private void read(TarHeader entry, InputStream in, int number) throws IOException {
        String path = entry.path();
        Optional<Digest> digest = BundleLayout.digest(path);
        if (isComplete || !isKnown(path, digest)) {
            throw new ContentException.Unsupported("it has an unexpected entry " + Printable.shortened(path));
        }
        if (path.equals(BundleLayout.CONTENTS) != (number == 1)) {
            throw new ContentException.Corrupt(
                    "it is not a file of gcrsync export: it does not begin with " + BundleLayout.CONTENTS);
        }
        if (entry.link().isPresent()) {
            if (digest.isEmpty() || !BundleLayout.digest(entry.link().get()).equals(digest)) {
                throw new ContentException.Unsupported(
                        "the link " + Printable.shortened(path) + " does not lead to the same blob");
            }
            if (sums.containsKey(path) || links.put(path, digest.get()) != null) {
                throw twice(path);
            }
            return;
        }
        if (sums.containsKey(path) || links.containsKey(path)) {
            throw twice(path);
        }
        if (digest.isPresent()) {
            blob(entry, digest.get(), in);
        } else if (path.equals(BundleLayout.SUMS)) {
            compareSums(text(entry, in));
            isComplete = true;
        } else {
            byte[] content = text(entry, in);
            sums.put(path, hex(content));
            if (path.equals(BundleLayout.CONTENTS)) {
                ContentsJson.Read read = ContentsJson.read(content);
                contents = Optional.of(read);
                repositories = read.contents().repositories().stream()
                        .map(repository -> repository.name().value())
                        .collect(Collectors.toSet());
            }
        }
    }

    /** Bundles have only the repositories that they announce, so that the number of other entries is bounded. */
    private boolean isKnown(String path, Optional<Digest> digest) {
        return (digest.isPresent() || BundleLayout.isOther(path))
                && BundleLayout.repository(path).stream().allMatch(name -> repositories.contains(name));
    }

    private static ContentException twice(String path) {
        return new ContentException.Corrupt("it has " + Printable.shortened(path) + " twice");
    }

    private void blob(TarHeader entry, Digest digest, InputStream in) throws IOException {
        long offset = position;
        MessageDigest hash = digest.newHasher();
        MessageDigest sum = Sha256.hasher();
        long left = entry.size();
        while (left > 0) {
            int count = in.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (count < 0) {
                throw new EOFException();
            }
            hash.update(buffer, 0, count);
            if (!digest.isSha256()) {
                sum.update(buffer, 0, count);
            }
            left -= count;
            position += count;
            progress.done(count);
        }
        if (!digest.matches(hash.digest())) {
            throw new ContentException.Corrupt("the blob " + digest + " is damaged");
        }
        pad(entry.size(), in);
        sums.put(entry.path(), digest.isSha256() ? digest.hex() : HexFormat.of().formatHex(sum.digest()));
        blobs.putIfAbsent(digest, new Place(file, offset, entry.size()));
    }

    private byte[] text(TarHeader entry, InputStream in) throws IOException {
        if (entry.size() > BundleLayout.LONGEST_TEXT) {
            throw new ContentException.Unsupported(
                    entry.path() + " has more than " + (BundleLayout.LONGEST_TEXT >> 20) + " MiB");
        }
        byte[] content = bytes(in, (int) entry.size());
        progress.done(content.length);
        pad(entry.size(), in);
        return content;
    }

    private void compareSums(byte[] list) {
        Map<String, String> listed = new HashMap<>();
        new String(list, StandardCharsets.ISO_8859_1).lines().forEach(line -> {
            int end = line.indexOf("  ");
            listed.put(end < 0 ? line : line.substring(end + 2), end < 0 ? "" : line.substring(0, end));
        });
        if (!listed.equals(sums)) {
            throw new ContentException.Corrupt("its files do not match " + BundleLayout.SUMS);
        }
    }

    private void pad(long size, InputStream in) throws IOException {
        if (!isZero(bytes(in, (int) (TarHeader.padded(size) - size)))) {
            throw new ContentException.Corrupt("it is damaged between two files");
        }
    }

    private byte[] block(InputStream in) throws IOException {
        return bytes(in, TarHeader.BLOCK);
    }

    private byte[] bytes(InputStream in, int count) throws IOException {
        byte[] bytes = in.readNBytes(count);
        if (bytes.length < count) {
            throw new EOFException();
        }
        position += count;
        return bytes;
    }

    private static String hex(byte[] content) {
        return HexFormat.of().formatHex(Sha256.hasher().digest(content));
    }

    private static boolean isZero(byte[] block) {
        for (byte each : block) {
            if (each != 0) {
                return false;
            }
        }
        return true;
    }
}
