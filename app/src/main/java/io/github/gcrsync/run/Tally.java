package io.github.gcrsync.run;

import io.github.gcrsync.content.BlobArrival;
import io.github.gcrsync.oci.Descriptor;
import java.util.concurrent.atomic.LongAdder;

/** Counts the data that a run transfers. */
final class Tally implements RunListener {
    private final LongAdder bytes = new LongAdder();
    private final LongAdder uploaded = new LongAdder();
    private final LongAdder mounted = new LongAdder();
    private final LongAdder mountedBytes = new LongAdder();
    private final LongAdder alreadyThere = new LongAdder();
    private final LongAdder alreadyThereBytes = new LongAdder();

    @Override
    public void blobProgress(Descriptor blob, long count) {
        bytes.add(count);
    }

    @Override
    public void blobArrived(Descriptor blob, BlobArrival arrival) {
        switch (arrival) {
            case UPLOADED -> uploaded.increment();
            case MOUNTED -> {
                mounted.increment();
                mountedBytes.add(blob.size());
            }
            case ALREADY_THERE -> {
                alreadyThere.increment();
                alreadyThereBytes.add(blob.size());
            }
        }
    }

    @Override
    public void manifestStored(Descriptor manifest) {
        bytes.add(manifest.size());
    }

    void add(Moved moved) {
        bytes.add(moved.bytes());
        uploaded.add(moved.uploaded());
        mounted.add(moved.mounted());
        mountedBytes.add(moved.mountedBytes());
        alreadyThere.add(moved.alreadyThere());
        alreadyThereBytes.add(moved.alreadyThereBytes());
    }

    Moved moved() {
        return new Moved(
                bytes.sum(),
                uploaded.sum(),
                mounted.sum(),
                mountedBytes.sum(),
                alreadyThere.sum(),
                alreadyThereBytes.sum());
    }
}
