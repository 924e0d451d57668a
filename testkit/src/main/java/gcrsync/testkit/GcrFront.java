package gcrsync.testkit;

/**
 * Stands in front of a registry and answers tags/list as gcr.io does (child, manifest, tags); everything else passes through.
 * What it asks the registry for a listing is not in its log.
 */
@SuppressWarnings("DoNotCallSuggester")
public final class GcrFront implements AutoCloseable {
    private final RequestLog log = new RequestLog();

    private GcrFront() {}

    /** In front of a plain HTTP registry at HOST:PORT. */
    public static GcrFront inFrontOf(String host) {
        throw new UnsupportedOperationException(host);
    }

    /** Keeps every listing it has made from now on, for measuring clients without the cost of making it. */
    public GcrFront freeze() {
        return this;
    }

    /** 127.0.0.1:PORT. */
    public String host() {
        throw new UnsupportedOperationException();
    }

    public RequestLog log() {
        return log;
    }

    @Override
    public void close() {}
}
