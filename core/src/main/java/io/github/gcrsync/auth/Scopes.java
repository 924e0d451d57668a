package io.github.gcrsync.auth;

import io.github.gcrsync.oci.RepositoryName;

/** Docker's token scopes (distribution, "Token Scope Documentation"). */
public final class Scopes {
    public static final String CATALOG = "registry:catalog:*";

    private Scopes() {}

    public static String pull(RepositoryName repository) {
        return "repository:" + repository + ":pull";
    }

    /** Includes pull, because a push also reads existing content; one token serves both. */
    public static String push(RepositoryName repository) {
        return "repository:" + repository + ":pull,push";
    }

    /**
     * For a DELETE of a manifest or tag: distribution requires the action {@code delete} (appendAccessRecords in its
     * registry/handlers/app.go).
     */
    public static String delete(RepositoryName repository) {
        return "repository:" + repository + ":pull,delete";
    }
}
