package io.github.gcrsync.bundle;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.text.Printable;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads one part of a bundle from its first byte to its last, and checks all of them. */
final class BundleReader {
    /** A bundle of a million images has fewer. */
    private static final int MOST_ENTRIES = 5_000_000;
    /** Of a file that is held in memory: about 500,000 images. */
    private static final int LONGEST_TEXT = 128 << 20;

    private static final int BUFFER = 256 << 10;

    private final Path file;
    private final Progress progress;
    private final byte[] buffer = new byte[BUFFER];
    private final Map<Digest, Place> blobs = new HashMap<>();
    private final Map<String, String> sums = new HashMap<>();
    private final List<Digest> linked = new ArrayList<>();
    private long position;
    private Optional<ContentsJson.Read> contents = Optional.empty();
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
    record Checked(ContentsJson.Read contents, Map<Digest, Place> blobs, List<Digest> linked) {}

    /** @throws ContentException if the file is not a whole, undamaged part of a bundle, or cannot be read */
    Checked checked() {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), BUFFER)) {
            int entries = 0;
            for (Optional<TarHeader> entry = next(in); entry.isPresent(); entry = next(in)) {
                if (++entries > MOST_ENTRIES) {
                    throw new ContentException.Unsupported("it has more than " + MOST_ENTRIES + " entries");
                }
                read(entry.get(), in, entries);
            }
            ContentsJson.Read found = contents.orElseThrow(() ->
                    new ContentException.Corrupt("it is no bundle of gcrsync: it has no " + BundleLayout.CONTENTS));
            if (!isComplete) {
                throw new ContentException.Corrupt("it is incomplete: " + BundleLayout.SUMS + " at its end is missing");
            }
            return new Checked(found, blobs, linked);
        } catch (ContentException.Unsupported e) {
            throw new ContentException.Unsupported(Printable.of(file + ": " + e.getMessage()));
        } catch (ContentException e) {
            throw new ContentException.Corrupt(Printable.of(file + ": " + e.getMessage()), e);
        } catch (EOFException e) {
            throw new ContentException.Corrupt(file + " is truncated; transfer it again", e);
        } catch (IOException e) {
            throw new ContentException.Unreachable("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    private Optional<TarHeader> next(InputStream in) throws IOException {
        byte[] block = block(in);
        if (isZero(block)) {
            if (!isZero(block(in)) || in.read() >= 0) {
                throw new ContentException.Corrupt("it is damaged at its end");
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
        if (isComplete || (digest.isEmpty() && !BundleLayout.isOther(path))) {
            throw new ContentException.Unsupported("no bundle has an entry " + Printable.shortened(path));
        }
        if (path.equals(BundleLayout.CONTENTS) != (number == 1)) {
            throw new ContentException.Corrupt(
                    "it is no bundle of gcrsync: it does not begin with " + BundleLayout.CONTENTS);
        }
        if (entry.link().isPresent()) {
            if (digest.isEmpty() || !BundleLayout.digest(entry.link().get()).equals(digest)) {
                throw new ContentException.Unsupported(
                        "the link " + Printable.shortened(path) + " does not lead to the same blob");
            }
            linked.add(digest.get());
            return;
        }
        if (sums.containsKey(path)) {
            throw new ContentException.Corrupt("it has " + Printable.shortened(path) + " twice");
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
                contents = Optional.of(ContentsJson.read(content));
            }
        }
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
            throw new ContentException.Corrupt("the blob " + digest + " is damaged; transfer the file again");
        }
        pad(entry.size(), in);
        sums.put(entry.path(), digest.isSha256() ? digest.hex() : HexFormat.of().formatHex(sum.digest()));
        blobs.putIfAbsent(digest, new Place(file, offset, entry.size()));
    }

    private byte[] text(TarHeader entry, InputStream in) throws IOException {
        if (entry.size() > LONGEST_TEXT) {
            throw new ContentException.Unsupported(entry.path() + " has more than " + (LONGEST_TEXT >> 20) + " MiB");
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
            throw new ContentException.Corrupt(
                    "its files do not match " + BundleLayout.SUMS + "; transfer the file again");
        }
    }

    private void pad(long size, InputStream in) throws IOException {
        bytes(in, (int) (TarHeader.padded(size) - size));
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
