package gcrsync.testkit;

/** A namespace with names, tags and shared layers as google-containers has them. */
@SuppressWarnings("DoNotCallSuggester")
public final class SampleNamespace {
    private SampleNamespace() {}

    /** Fills the namespace with images; tags of one repository share layers, and all share a base. */
    public static void fill(
            TestRegistry registry, String namespace, int repositories, int tagsPerRepository, long seed) {
        throw new UnsupportedOperationException();
    }
}
