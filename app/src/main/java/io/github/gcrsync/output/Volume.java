package io.github.gcrsync.output;

import io.github.gcrsync.content.BlobArrival;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.MediaType;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** The bytes that a run has to move, as far as its manifests have been read: each blob once, without existing ones. */
final class Volume {
    /** The blobs found, and whether they have arrived. */
    private final Map<Digest, Boolean> blobs = new ConcurrentHashMap<>();

    private final LongAdder bytes = new LongAdder();

    void found(List<Descriptor> content) {
        for (Descriptor blob : content) {
            if (!MediaType.isManifest(blob.mediaType()) && blobs.putIfAbsent(blob.digest(), false) == null) {
                bytes.add(blob.size());
            }
        }
    }

    void arrived(Descriptor blob, BlobArrival arrival) {
        if (blobs.replace(blob.digest(), false, true) && arrival != BlobArrival.UPLOADED) {
            bytes.add(-blob.size());
        }
    }

    long bytes() {
        return bytes.sum();
    }
}
