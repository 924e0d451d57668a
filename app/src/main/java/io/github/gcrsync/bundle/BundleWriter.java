package io.github.gcrsync.bundle;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Store;
import io.github.gcrsync.files.Leftovers;
import io.github.gcrsync.files.TempFile;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.oci.RepositoryName;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;

/** Writes the parts of a bundle. Equal contents make equal bytes. */
final class BundleWriter {
    /** In each part: headers and padding of the first entries and the last one, and the two blocks of the end. */
    private static final long FIXED = 12L * TarHeader.BLOCK;
    /** Contents, their table and the sums. */
    private static final int OWN_ENTRIES = 3;

    private final Store store;
    private final Export.Settings settings;
    private final Progress progress;

    BundleWriter(Store store, Export.Settings settings, Progress progress) {
        this.store = store;
        this.settings = settings;
        this.progress = progress;
    }

    private interface Content {
        InputStream open() throws IOException;
    }

    private record Entry(TarHeader header, Content content) {
        static Entry of(String path, byte[] bytes) {
            return new Entry(TarHeader.file(path, bytes.length), () -> new ByteArrayInputStream(bytes));
        }

        /** With its line among the sums. */
        long size() {
            return header.encoded().length
                    + TarHeader.padded(header.size())
                    + 67
                    + header.path().length();
        }
    }

    /**
     * @param known blobs that the other side has, which are skipped
     * @throws DamagedBlobException if a blob cannot be exported
     */
    List<Export.Result.Written> write(
            Path file, Contents contents, SortedMap<RepositoryName, Collected> collected, Set<Digest> known)
            throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null) {
            throw new IOException(file + " is no file");
        }
        new Leftovers(Clock.systemUTC()).removeFrom(folder);
        byte[] table = TableOfContents.text(contents, collected).getBytes(StandardCharsets.UTF_8);
        if (ContentsJson.written(contents, 1, 1).length > BundleLayout.LONGEST_TEXT) {
            throw new ContentException.Unsupported(
                    "the mirror has too many images for one bundle; export mirrors of fewer repositories");
        }
        List<List<Entry>> parts = parts(entries(collected, known), contents, table);
        progress.bytes(parts.stream()
                .flatMap(List::stream)
                .mapToLong(entry -> entry.header().size())
                .sum());
        try (Unfinished unfinished = new Unfinished()) {
            List<Export.Result.Written> written = write(file, contents, table, parts, unfinished);
            unfinished.finish();
            TempFile.syncFolder(folder);
            return written;
        }
    }

    private List<Export.Result.Written> write(
            Path file, Contents contents, byte[] table, List<List<Entry>> parts, Unfinished unfinished)
            throws IOException {
        List<Export.Result.Written> written = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            List<Entry> all = new ArrayList<>();
            all.add(Entry.of(BundleLayout.CONTENTS, ContentsJson.written(contents, i + 1, parts.size())));
            all.add(Entry.of(BundleLayout.TABLE, table));
            all.addAll(parts.get(i));
            written.add(write(PartName.of(file, i + 1, parts.size()), all, unfinished));
        }
        return written;
    }

    private Export.Result.Written write(Path file, List<Entry> entries, Unfinished unfinished) throws IOException {
        TarWriter tar = new TarWriter(unfinished.add(file).stream(), settings.stop(), progress);
        StringBuilder sums = new StringBuilder();
        for (Entry entry : entries) {
            String sum = add(tar, entry);
            if (entry.header().link().isEmpty()) {
                sums.append(sum).append("  ").append(entry.header().path()).append('\n');
            }
        }
        Entry last = Entry.of(BundleLayout.SUMS, sums.toString().getBytes(StandardCharsets.US_ASCII));
        add(tar, last);
        tar.end();
        return new Export.Result.Written(file, tar.written(), tar.sha256());
    }

    private static String add(TarWriter tar, Entry entry) throws IOException {
        try (InputStream content = entry.content().open()) {
            return tar.add(entry.header(), content);
        } catch (ContentException e) {
            if (!ImageReading.isOfImage(e)
                    || BundleLayout.digest(entry.header().path()).isEmpty()) {
                throw e;
            }
            throw new DamagedBlobException(
                    BundleLayout.digest(entry.header().path()).orElseThrow(), e);
        }
    }

    /** Everything small first, which an import needs to begin with; then the blobs, each once. */
    private List<Entry> entries(SortedMap<RepositoryName, Collected> collected, Set<Digest> known) {
        List<Entry> small = new ArrayList<>();
        List<Entry> blobs = new ArrayList<>();
        Map<Digest, String> paths = new HashMap<>();
        collected.forEach((name, repository) -> {
            if (repository.manifests().isEmpty()) {
                return;
            }
            small.add(Entry.of(BundleLayout.marker(name), IndexText.MARKER));
            small.add(Entry.of(BundleLayout.index(name), IndexText.of(repository)));
            for (Manifest manifest : repository.manifests()) {
                add(
                        name,
                        manifest.descriptor(),
                        small,
                        paths,
                        () -> new ByteArrayInputStream(manifest.content().toArray()));
            }
            repository.blobs().forEach((digest, blob) -> {
                if (!known.contains(digest)) {
                    add(
                            name,
                            blob.descriptor(),
                            blobs,
                            paths,
                            () -> store.repository(blob.place())
                                    .blob(blob.descriptor())
                                    .openAt(0));
                }
            });
        });
        small.addAll(blobs);
        return small;
    }

    private static void add(
            RepositoryName name, Descriptor what, List<Entry> to, Map<Digest, String> paths, Content content) {
        String path = BundleLayout.blob(name, what.digest());
        String first = paths.putIfAbsent(what.digest(), path);
        to.add(
                first == null
                        ? new Entry(TarHeader.file(path, what.size()), content)
                        : new Entry(TarHeader.link(path, first), InputStream::nullInputStream));
    }

    /** @throws IllegalArgumentException if an entry is larger than a part may be */
    private List<List<Entry>> parts(List<Entry> entries, Contents contents, byte[] table) {
        long most = settings.maxSize().orElse(Long.MAX_VALUE);
        long head = FIXED + ContentsJson.written(contents, 99_999, 99_999).length + table.length;
        List<List<Entry>> parts = new ArrayList<>();
        List<Entry> part = new ArrayList<>();
        long size = head;
        for (Entry entry : entries) {
            if (head + entry.size() > most) {
                throw new IllegalArgumentException("--max-size " + most + " is too small: with "
                        + entry.header().path() + ", a part has " + (head + entry.size()) + " bytes");
            }
            if (size + entry.size() > most || part.size() == BundleLayout.MOST_ENTRIES - OWN_ENTRIES) {
                parts.add(part);
                part = new ArrayList<>();
                size = head;
            }
            part.add(entry);
            size += entry.size();
        }
        parts.add(part);
        return parts;
    }
}
