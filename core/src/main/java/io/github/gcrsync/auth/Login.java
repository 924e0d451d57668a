package io.github.gcrsync.auth;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/**
 * One user and password at one host. Until the host accepts them, only one request at a time carries them; after a
 * refusal, none does. Sending a wrong password for each of many images would lock the account.
 */
final class Login {
    private final String user;
    private final ReentrantLock turn = new ReentrantLock();
    private volatile boolean accepted;
    /** Guarded by {@link #turn}. */
    private Optional<AuthenticationException> refusal = Optional.empty();

    Login(String user) {
        this.user = user;
    }

    @FunctionalInterface
    interface Sending<R> {
        /** @throws AuthenticationException with the status 401 if user and password are refused */
        R send() throws IOException;
    }

    boolean isAccepted() {
        return accepted;
    }

    /**
     * Sends the request, unless the host has already refused this login.
     *
     * @param accepts whether the answer proves that the host accepts the login; the answer of an overloaded host proves
     *     nothing
     * @throws AuthenticationException with the user, if the host refuses or has refused the login
     */
    <R> R send(Sending<R> request, Predicate<R> accepts) throws IOException {
        if (accepted) {
            return request.send();
        }
        await();
        try {
            if (refusal.isPresent()) {
                throw refusal.get().repeated();
            }
            if (!accepted) {
                return attempt(request, accepts);
            }
        } finally {
            turn.unlock();
        }
        return request.send();
    }

    private <R> R attempt(Sending<R> request, Predicate<R> accepts) throws IOException {
        try {
            R answer = request.send();
            accepted = accepts.test(answer);
            return answer;
        } catch (AuthenticationException e) {
            if (e.status() != 401) {
                throw e;
            }
            AuthenticationException refused = e.of(user);
            refusal = Optional.of(refused);
            throw refused;
        }
    }

    private void await() throws InterruptedIOException {
        try {
            turn.lockInterruptibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for a login");
        }
    }
}
