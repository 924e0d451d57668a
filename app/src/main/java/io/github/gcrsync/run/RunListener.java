package io.github.gcrsync.run;

import io.github.gcrsync.copy.CopiedReferrers;
import io.github.gcrsync.copy.CopyListener;
import io.github.gcrsync.plan.Failure;
import io.github.gcrsync.plan.ImageTask;

/** Receives the events of a run, from many threads. */
public interface RunListener extends CopyListener {
    RunListener SILENT = new RunListener() {};

    /** Copying begins. */
    default void runStarted(Workload work) {}

    default void imageStarted(ImageTask task) {}

    default void imageCopied(ImageTask task) {}

    default void imageFailed(Failure failure) {}

    /** The source deleted the tag after it was listed. */
    default void imageVanished(ImageTask task) {}

    /** The image is for none of the wanted platforms. */
    default void imageSkipped(ImageTask task, String reason) {}

    /** Referrers of a mirrored image were copied, failed or were not found. */
    default void imageReferrers(ImageTask task, CopiedReferrers referrers) {}

    /** The ledger was committed, and pushed if it has a remote. */
    default void recorded(String commit) {}
}
