package io.github.gcrsync.auth;

/**
 * A user name and a secret.
 *
 * @param identityToken whether the secret is an OAuth2 refresh token instead of a password
 */
public record Credential(String username, String secret, boolean identityToken) {
    public static Credential password(String username, String password) {
        return new Credential(username, password, false);
    }

    /** Omits the secret. */
    @Override
    public String toString() {
        return "credential of " + username;
    }
}
