package io.github.gcrsync.auth;

import io.github.gcrsync.http.RefusedException;
import java.util.Optional;

/**
 * A login that failed, or a token service that gave no token; the status is its answer, 0 if there was none to
 * understand. Credentials that cannot even be read count as refused: 401.
 */
public final class AuthenticationException extends RefusedException {
    private final int status;
    private final transient Optional<String> user;

    AuthenticationException(int status, String message) {
        this(status, message, Optional.empty());
    }

    private AuthenticationException(int status, String message, Optional<String> user) {
        super(message);
        this.status = status;
        this.user = user;
    }

    public int status() {
        return status;
    }

    /** Whose password the host does not accept for anything; empty if it may be about one repository only. */
    public Optional<String> user() {
        return user;
    }

    AuthenticationException of(String refusedUser) {
        return new AuthenticationException(status, String.valueOf(getMessage()), Optional.of(refusedUser));
    }

    /** The same for another thread. */
    AuthenticationException repeated() {
        return new AuthenticationException(status, String.valueOf(getMessage()), user);
    }
}
