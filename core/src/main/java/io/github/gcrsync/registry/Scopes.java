package io.github.gcrsync.registry;

import io.github.gcrsync.oci.RepositoryName;

/** Docker's token scopes (distribution, "Token Scope Documentation"). */
final class Scopes {
    static final String CATALOG = "registry:catalog:*";

    private Scopes() {}

    static String pull(RepositoryName repository) {
        return "repository:" + repository + ":pull";
    }

    /** Includes pull, because a push also reads existing content; one token serves both. */
    static String push(RepositoryName repository) {
        return "repository:" + repository + ":pull,push";
    }
}
