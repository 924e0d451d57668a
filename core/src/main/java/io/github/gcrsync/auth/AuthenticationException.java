package io.github.gcrsync.auth;

import io.github.gcrsync.http.RefusedException;
import java.util.Optional;

/**
 * Reports a failed login, or a token service that issued no token. The status is that of the answer, or 0 if there was
 * no usable answer. Unreadable credentials count as refused: 401.
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

    /** The user whose password the host refuses; empty if the refusal may concern a single repository. */
    public Optional<String> user() {
        return user;
    }

    AuthenticationException of(String refusedUser) {
        return new AuthenticationException(status, String.valueOf(getMessage()), Optional.of(refusedUser));
    }

    /** A copy, to be thrown in another thread. */
    AuthenticationException repeated() {
        return new AuthenticationException(status, String.valueOf(getMessage()), user);
    }
}
