package io.github.gcrsync.run;

import io.github.gcrsync.copy.CopyListener;
import io.github.gcrsync.plan.CopyTask;
import io.github.gcrsync.plan.Failure;
import io.github.gcrsync.plan.Plan;

/** What happens during a run; called from many threads. */
public interface RunListener extends CopyListener {
    RunListener SILENT = new RunListener() {};

    /** Copying begins. */
    default void runStarted(Plan plan) {}

    default void imageStarted(CopyTask task) {}

    default void imageCopied(CopyTask task) {}

    default void imageFailed(Failure failure) {}

    /** The tag was deleted at the source after it had been listed. */
    default void imageVanished(CopyTask task) {}

    /** The ledger has been committed, and pushed where it has a remote. */
    default void recorded(String commit) {}
}
