package io.github.gcrsync.testkit;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;

/** The content of a registry in memory: repositories and uploads in flight. */
final class RegistryStore {
    /** An upload session; guarded by its own monitor. */
    static final class Upload {
        final String id = UUID.randomUUID().toString();
        final String repository;
        final Spool spool = new Spool();
        boolean shortChunk;

        Upload(String repository) {
            this.repository = repository;
        }
    }

    private final ConcurrentSkipListMap<String, StoredRepository> repositories = new ConcurrentSkipListMap<>();
    private final Map<String, Upload> uploads = new ConcurrentHashMap<>();
    private final AtomicLong numbers = new AtomicLong();

    Optional<StoredRepository> repository(String name) {
        return Optional.ofNullable(repositories.get(name));
    }

    StoredRepository create(String name) {
        return repositories.computeIfAbsent(name, StoredRepository::new);
    }

    /** Sorted. */
    List<String> repositories() {
        return List.copyOf(repositories.keySet());
    }

    /** Stores a manifest under its digest, and under the tag unless it is empty. */
    void putManifest(String repository, String tag, String digest, String mediaType, Content content) {
        StoredRepository target = create(repository);
        target.putManifest(new StoredRepository.Stored(
                digest, mediaType, content, ManifestJson.parse(content.bytes()), numbers.getAndIncrement()));
        if (!tag.isEmpty()) {
            target.tag(tag, digest);
        }
    }

    Upload startUpload(String repository) {
        Upload upload = new Upload(repository);
        uploads.put(upload.id, upload);
        return upload;
    }

    Optional<Upload> upload(String repository, String id) {
        return Optional.ofNullable(uploads.get(id)).filter(upload -> upload.repository.equals(repository));
    }

    void endUpload(Upload upload) {
        uploads.remove(upload.id);
    }

    int uploadsInFlight() {
        return uploads.size();
    }
}
