package io.github.gcrsync.git;

import io.github.gcrsync.ledger.NamespaceFiles;
import java.time.Clock;

/**
 * The constants of all checkpoints of a run.
 *
 * @param source {@code HOST[/PATH]}
 * @param contentRule recorded with the images; empty for the defaults
 */
record RunIdentity(
        NamespaceFiles files, String source, String destination, String contentRule, Author author, Clock clock) {}
