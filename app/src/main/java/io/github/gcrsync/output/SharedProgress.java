package io.github.gcrsync.output;

import io.github.gcrsync.content.BlobArrival;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.plan.Failure;
import io.github.gcrsync.plan.ImageTask;
import io.github.gcrsync.plan.Reason;
import io.github.gcrsync.run.RunListener;
import io.github.gcrsync.run.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Shows the progress at several destinations as that of one run. Images carry the name of their destination. A blob that
 * is sent to several destinations at once is shown once.
 */
public final class SharedProgress {
    private final RunListener progress;
    private final int destinations;
    private final List<Workload> started = new ArrayList<>();
    private final Map<Digest, RunListener> shown = new ConcurrentHashMap<>();

    /** @param destinations that will start */
    public SharedProgress(RunListener progress, int destinations) {
        this.progress = progress;
        this.destinations = destinations;
    }

    public RunListener of(String destination) {
        return new OfDestination(destination);
    }

    /** The run has started when all destinations have. */
    private synchronized void started(Workload work) {
        started.add(work);
        if (started.size() == destinations) {
            progress.runStarted(new Workload(
                    started.stream().mapToInt(Workload::images).sum(),
                    started.stream().mapToInt(Workload::toCopy).sum(),
                    started.stream().mapToInt(Workload::upToDate).sum(),
                    started.stream().mapToInt(Workload::failed).sum()));
        }
    }

    private record Named(String destination, ImageTask task) implements ImageTask {
        @Override
        public String image() {
            return destination + ": " + task.image();
        }

        @Override
        public Digest digest() {
            return task.digest();
        }

        @Override
        public Reason reason() {
            return task.reason();
        }

        @Override
        public String target() {
            return task.target();
        }
    }

    private final class OfDestination implements RunListener {
        private final String destination;

        OfDestination(String destination) {
            this.destination = destination;
        }

        private boolean shows(Descriptor blob) {
            return equals(shown.get(blob.digest()));
        }

        @Override
        public void runStarted(Workload work) {
            started(work);
        }

        @Override
        public void imageStarted(ImageTask task) {
            progress.imageStarted(new Named(destination, task));
        }

        @Override
        public void imageCopied(ImageTask task) {
            progress.imageCopied(new Named(destination, task));
        }

        @Override
        public void imageFailed(Failure failure) {
            progress.imageFailed(new Failure(destination + ": " + failure.what(), failure.side(), failure.reason()));
        }

        @Override
        public void imageVanished(ImageTask task) {
            progress.imageVanished(new Named(destination, task));
        }

        @Override
        public void imageSkipped(ImageTask task, String reason) {
            progress.imageSkipped(new Named(destination, task), reason);
        }

        @Override
        public void recorded(String commit) {
            progress.recorded(commit);
        }

        @Override
        public void contentFound(List<Descriptor> content) {
            progress.contentFound(content);
        }

        @Override
        public void blobStarted(Descriptor blob, Digest image) {
            if (shown.putIfAbsent(blob.digest(), this) == null) {
                progress.blobStarted(blob, image);
            }
        }

        @Override
        public void blobProgress(Descriptor blob, long bytes) {
            if (shows(blob)) {
                progress.blobProgress(blob, bytes);
            }
        }

        @Override
        public void blobArrived(Descriptor blob, BlobArrival arrival) {
            if (shown.remove(blob.digest(), this)) {
                progress.blobArrived(blob, arrival);
            }
        }

        @Override
        public void blobFailed(Descriptor blob) {
            if (shown.remove(blob.digest(), this)) {
                progress.blobFailed(blob);
            }
        }

        @Override
        public void manifestAbsent(Descriptor manifest) {
            progress.manifestAbsent(manifest);
        }

        @Override
        public void manifestStored(Descriptor manifest) {
            progress.manifestStored(manifest);
        }
    }
}
