package gcrsync.testkit;

import java.util.List;

/** A registry in this process (OCI distribution 1.1) on 127.0.0.1 with content in memory, a request log and faults. */
@SuppressWarnings("DoNotCallSuggester")
public final class TestRegistry implements AutoCloseable {
    private final RequestLog log = new RequestLog();

    private TestRegistry() {}

    public static TestRegistry start() {
        return builder().start();
    }

    public static RegistryOptions builder() {
        return new RegistryOptions();
    }

    static TestRegistry start(RegistryOptions options) {
        throw new UnsupportedOperationException("" + options.pageSize);
    }

    /** 127.0.0.1:PORT. */
    public String host() {
        throw new UnsupportedOperationException();
    }

    public RequestLog log() {
        return log;
    }

    /** Requests at the storage host that {@link RegistryOptions#redirectBlobs} sends clients to. */
    public RequestLog storageLog() {
        throw new UnsupportedOperationException();
    }

    /** Adds a fault; of several that match a request, the one added first strikes. */
    public void fault(Fault fault) {
        throw new UnsupportedOperationException("" + fault.action());
    }

    public void clearFaults() {
        throw new UnsupportedOperationException();
    }

    /** Makes all bearer tokens given so far invalid at once, as if their time had passed. */
    public void expireTokens() {
        throw new UnsupportedOperationException();
    }

    public void createRepository(String repository) {
        throw new UnsupportedOperationException(repository);
    }

    public void put(String repository, String tag, SampleImage image) {
        throw new UnsupportedOperationException(repository + tag + image);
    }

    /** Puts the image without a tag. */
    public void put(String repository, SampleImage image) {
        throw new UnsupportedOperationException(repository + image);
    }

    /** The digest a tag points to, or the digest itself if that manifest is there; empty if it is not. */
    public String manifestDigest(String repository, String tagOrDigest) {
        throw new UnsupportedOperationException(repository + tagOrDigest);
    }

    /** The manifest's bytes as they were put. */
    public byte[] manifestBytes(String repository, String tagOrDigest) {
        throw new UnsupportedOperationException(repository + tagOrDigest);
    }

    public boolean hasBlob(String repository, String digest) {
        throw new UnsupportedOperationException(repository + digest);
    }

    /** Sorted; empty if the repository does not exist. */
    public List<String> tags(String repository) {
        throw new UnsupportedOperationException(repository);
    }

    /** Sorted. */
    public List<String> repositories() {
        throw new UnsupportedOperationException();
    }

    /** Deletes a tag only, or by digest the manifest and all its tags. */
    public void delete(String repository, String tagOrDigest) {
        throw new UnsupportedOperationException(repository + tagOrDigest);
    }

    public void deleteBlob(String repository, String digest) {
        throw new UnsupportedOperationException(repository + digest);
    }

    @Override
    public void close() {}
}
