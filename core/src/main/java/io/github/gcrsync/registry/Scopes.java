package io.github.gcrsync.registry;

import io.github.gcrsync.oci.RepositoryName;

/** Docker's token scopes ("Token Scope Documentation" of distribution). */
final class Scopes {
    static final String CATALOG = "registry:catalog:*";

    private Scopes() {}

    static String pull(RepositoryName repository) {
        return "repository:" + repository + ":pull";
    }

    /** Pushing includes looking at what is there, so one token serves both. */
    static String push(RepositoryName repository) {
        return "repository:" + repository + ":pull,push";
    }
}
