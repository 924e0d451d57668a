package gcrsync.auth;

import gcrsync.http.RefusedException;

/**
 * A token service that gave no token; the status is its answer, 0 if there was none to understand. Credentials
 * that cannot even be read count as refused: 401.
 */
public final class AuthenticationException extends RefusedException {
    private final int status;

    AuthenticationException(int status, String message) {
        super(message);
        this.status = status;
    }

    public int status() {
        return status;
    }
}
