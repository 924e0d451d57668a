package gcrsync.run;

import gcrsync.content.BlobArrival;
import gcrsync.copy.CopyListener;
import gcrsync.oci.Descriptor;
import gcrsync.oci.Digest;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** Counts what was moved. */
final class Tally implements CopyListener {
    private final CopyListener next;
    private final LongAdder bytes = new LongAdder();
    private final LongAdder uploaded = new LongAdder();
    private final LongAdder mounted = new LongAdder();
    private final LongAdder mountedBytes = new LongAdder();
    private final LongAdder alreadyThere = new LongAdder();
    private final LongAdder alreadyThereBytes = new LongAdder();

    Tally(CopyListener next) {
        this.next = next;
    }

    @Override
    public void contentFound(List<Descriptor> content) {
        next.contentFound(content);
    }

    @Override
    public void blobStarted(Descriptor blob, Digest image) {
        next.blobStarted(blob, image);
    }

    @Override
    public void blobProgress(Descriptor blob, long count) {
        bytes.add(count);
        next.blobProgress(blob, count);
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
        next.blobArrived(blob, arrival);
    }

    @Override
    public void blobFailed(Descriptor blob) {
        next.blobFailed(blob);
    }

    @Override
    public void manifestAbsent(Descriptor manifest) {
        next.manifestAbsent(manifest);
    }

    @Override
    public void manifestStored(Descriptor manifest) {
        bytes.add(manifest.size());
        next.manifestStored(manifest);
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
