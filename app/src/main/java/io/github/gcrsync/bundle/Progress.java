package io.github.gcrsync.bundle;

/** Receives how far an export or import is; called from many threads. */
public interface Progress {
    Progress SILENT = new Progress() {};

    /** Manifests of so many images will be read. */
    default void reading(int images) {}

    default void imageRead() {}

    /** So many bytes will be written or checked. */
    default void bytes(long all) {}

    /** Bytes were written or checked. */
    default void done(long bytes) {}
}
