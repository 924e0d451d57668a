package io.github.gcrsync.content;

/** Leave to move the bytes of a blob from one host to another, until it is closed; {@link BlobContent#passageTo}. */
@FunctionalInterface
public interface Passage extends AutoCloseable {
    /** None is needed: there is no other host that the bytes come from. */
    Passage NONE = () -> {};

    @Override
    void close();
}
