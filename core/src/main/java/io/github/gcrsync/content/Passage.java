package io.github.gcrsync.content;

/** Permission to transfer a blob between two hosts, until it is closed; see {@link BlobContent#passageTo}. */
@FunctionalInterface
public interface Passage extends AutoCloseable {
    /** For a blob that is not on a host and needs no permission. */
    Passage NONE = () -> {};

    @Override
    void close();
}
