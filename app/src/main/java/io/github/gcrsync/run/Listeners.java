package io.github.gcrsync.run;

import io.github.gcrsync.content.BlobArrival;
import io.github.gcrsync.copy.CopiedReferrers;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.plan.Failure;
import io.github.gcrsync.plan.ImageTask;
import java.util.List;

/** Passes every event to two listeners in turn. */
public record Listeners(RunListener first, RunListener second) implements RunListener {
    @Override
    public void runStarted(Workload work) {
        first.runStarted(work);
        second.runStarted(work);
    }

    @Override
    public void imageStarted(ImageTask task) {
        first.imageStarted(task);
        second.imageStarted(task);
    }

    @Override
    public void imageCopied(ImageTask task) {
        first.imageCopied(task);
        second.imageCopied(task);
    }

    @Override
    public void imageFailed(Failure failure) {
        first.imageFailed(failure);
        second.imageFailed(failure);
    }

    @Override
    public void imageVanished(ImageTask task) {
        first.imageVanished(task);
        second.imageVanished(task);
    }

    @Override
    public void imageSkipped(ImageTask task, String reason) {
        first.imageSkipped(task, reason);
        second.imageSkipped(task, reason);
    }

    @Override
    public void imageReferrers(ImageTask task, CopiedReferrers referrers) {
        first.imageReferrers(task, referrers);
        second.imageReferrers(task, referrers);
    }

    @Override
    public void recorded(String commit) {
        first.recorded(commit);
        second.recorded(commit);
    }

    @Override
    public void contentFound(List<Descriptor> content) {
        first.contentFound(content);
        second.contentFound(content);
    }

    @Override
    public void blobStarted(Descriptor blob, Digest image) {
        first.blobStarted(blob, image);
        second.blobStarted(blob, image);
    }

    @Override
    public void blobProgress(Descriptor blob, long bytes) {
        first.blobProgress(blob, bytes);
        second.blobProgress(blob, bytes);
    }

    @Override
    public void blobArrived(Descriptor blob, BlobArrival arrival) {
        first.blobArrived(blob, arrival);
        second.blobArrived(blob, arrival);
    }

    @Override
    public void blobFailed(Descriptor blob) {
        first.blobFailed(blob);
        second.blobFailed(blob);
    }

    @Override
    public void manifestAbsent(Descriptor manifest) {
        first.manifestAbsent(manifest);
        second.manifestAbsent(manifest);
    }

    @Override
    public void manifestStored(Descriptor manifest) {
        first.manifestStored(manifest);
        second.manifestStored(manifest);
    }
}
