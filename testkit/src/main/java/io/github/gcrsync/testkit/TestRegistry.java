package io.github.gcrsync.testkit;

import java.util.List;
import java.util.NoSuchElementException;

/** An in-process registry (OCI distribution 1.1) on 127.0.0.1, with content in memory, a request log and faults. */
public final class TestRegistry implements AutoCloseable {
    private final RegistryStore store = new RegistryStore();
    private final Faults faults = new Faults();
    private final TokenService tokens;
    private final StorageHost storage;
    private final WireServer server;

    private TestRegistry(RegistryOptions options) {
        tokens = new TokenService(options);
        storage = new StorageHost(options, store, faults);
        server = WireServer.start(
                options.sockets, new RequestLog(), faults, new RegistryRoutes(options, store, storage, tokens));
    }

    public static TestRegistry start() {
        return builder().start();
    }

    public static RegistryOptions builder() {
        return new RegistryOptions();
    }

    static TestRegistry start(RegistryOptions options) {
        return new TestRegistry(options);
    }

    /** 127.0.0.1:PORT. */
    public String host() {
        return server.host();
    }

    public RequestLog log() {
        return server.log;
    }

    /** The log of the storage host of {@link RegistryOptions#redirectBlobs}. */
    public RequestLog storageLog() {
        return storage.log();
    }

    /** Adds a fault, also for the storage host. If several match a request, the first one strikes. */
    public void fault(Fault fault) {
        faults.add(fault);
    }

    public void clearFaults() {
        faults.clear();
    }

    /** Expires all bearer tokens issued so far. */
    public void expireTokens() {
        tokens.expireAll();
    }

    /** Returns the number of open upload sessions. */
    public int uploadsInFlight() {
        return store.uploadsInFlight();
    }

    public void createRepository(String repository) {
        store.create(repository);
    }

    public void put(String repository, String tag, SampleImage image) {
        StoredRepository target = store.create(repository);
        image.blobs().forEach(target::putBlob);
        image.manifests().forEach((digest, manifest) -> {
            String named = digest.equals(image.digest()) ? tag : "";
            store.putManifest(repository, named, digest, manifest.mediaType(), manifest.content());
        });
    }

    /** Stores the image without a tag. */
    public void put(String repository, SampleImage image) {
        put(repository, "", image);
    }

    /** Returns the digest of a tag, or the digest itself if that manifest exists; empty if not. */
    public String manifestDigest(String repository, String tagOrDigest) {
        return store.repository(repository)
                .flatMap(found -> found.manifest(tagOrDigest))
                .map(StoredRepository.Stored::digest)
                .orElse("");
    }

    /**
     * Returns the manifest's bytes as they were pushed.
     *
     * @throws NoSuchElementException if the manifest does not exist
     */
    public byte[] manifestBytes(String repository, String tagOrDigest) {
        return store.repository(repository)
                .flatMap(found -> found.manifest(tagOrDigest))
                .orElseThrow()
                .content()
                .bytes();
    }

    public boolean hasBlob(String repository, String digest) {
        return store.repository(repository).flatMap(found -> found.blob(digest)).isPresent();
    }

    /** Sorted; empty if the repository does not exist. */
    public List<String> tags(String repository) {
        return store.repository(repository).map(StoredRepository::tags).orElse(List.of());
    }

    /** Sorted. */
    public List<String> repositories() {
        return store.repositories();
    }

    /** Deletes a tag, or by digest a manifest and all its tags. */
    public void delete(String repository, String tagOrDigest) {
        store.repository(repository).orElseThrow().delete(tagOrDigest);
    }

    public void deleteBlob(String repository, String digest) {
        store.repository(repository).orElseThrow().deleteBlob(digest);
    }

    @Override
    public void close() {
        server.close();
        storage.close();
    }
}
