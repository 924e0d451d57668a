package io.github.gcrsync.check.drift;

import java.util.concurrent.atomic.LongAdder;

/** Counts what is read and looked up. */
final class Counts {
    private final Verifier.Progress progress;
    private final LongAdder manifests = new LongAdder();
    private final LongAdder blobs = new LongAdder();
    private final LongAdder sparse = new LongAdder();
    private final LongAdder bytes = new LongAdder();

    Counts(Verifier.Progress progress) {
        this.progress = progress;
    }

    void manifest(long size) {
        manifests.increment();
        read(size);
    }

    void blob() {
        blobs.increment();
    }

    void sparse() {
        sparse.increment();
    }

    void read(long count) {
        bytes.add(count);
        progress.read(count);
    }

    DriftReport.Contents sum() {
        return new DriftReport.Contents(manifests.sum(), blobs.sum(), sparse.sum(), bytes.sum());
    }
}
