package io.github.gcrsync.git;

import io.github.gcrsync.ledger.NamespaceFiles;
import java.time.Clock;

/** The constants of all checkpoints of a run. */
record RunIdentity(NamespaceFiles files, String sourceHost, String destination, Author author, Clock clock) {}
