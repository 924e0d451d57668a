package io.github.gcrsync.auth;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;

/** Caches the tokens of a run. Concurrent callers share one request; tokens are renewed before they expire. */
final class TokenCache {
    /** There may be a token for each repository; above this number, expired tokens are dropped. */
    private static final int MOST = 4096;

    private final InstantSource clock;
    /** Pending, successful or failed requests; later callers do not get a cached failure. */
    private final Map<String, CompletableFuture<Token>> tokens = new ConcurrentHashMap<>();

    @FunctionalInterface
    interface Request {
        Token send() throws IOException;
    }

    TokenCache(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * Returns the token for the key. Requests a token if there is none, if it expires soon, or if it was just refused.
     * A caller that waits for another caller's request shares its outcome, including its failure.
     *
     * @param refused the token that a server answered with 401; it is not returned again
     */
    @SuppressWarnings("UndefinedEquals") // Identity is what is asked.
    String get(String key, Optional<String> refused, Request request) throws IOException {
        if (tokens.size() > MOST) {
            tokens.values().removeIf(known -> !isUsable(known, Optional.empty()));
        }
        while (true) {
            CompletableFuture<Token> mine = new CompletableFuture<>();
            CompletableFuture<Token> current =
                    tokens.merge(key, mine, (known, other) -> isUsable(known, refused) ? known : other);
            Optional<Token> token = current.equals(mine) ? Optional.of(lead(mine, request)) : follow(current);
            if (token.isPresent()) {
                return token.get().value();
            }
        }
    }

    private static Token lead(CompletableFuture<Token> outcome, Request request) throws IOException {
        try {
            Token token = request.send();
            outcome.complete(token);
            return token;
        } catch (IOException | RuntimeException e) {
            if (!Thread.currentThread().isInterrupted()) {
                outcome.completeExceptionally(e);
            }
            throw e;
        } finally {
            outcome.cancel(false);
        }
    }

    /** Returns empty if the other caller was interrupted, which says nothing about the token. */
    private static Optional<Token> follow(CompletableFuture<Token> other) throws IOException {
        try {
            return Optional.of(other.get());
        } catch (CancellationException e) {
            return Optional.empty();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException failed -> throw failed;
                case IOException failed -> throw failed;
                case null, default -> throw new IOException(e);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for a token");
        }
    }

    /** Whether the token is usable now, or its request is still in flight. */
    private boolean isUsable(CompletableFuture<Token> known, Optional<String> refused) {
        return switch (known.state()) {
            case RUNNING -> true;
            case SUCCESS -> {
                Token token = known.resultNow();
                yield token.isFresh(clock.instant())
                        && refused.filter(token.value()::equals).isEmpty();
            }
            case FAILED, CANCELLED -> false;
        };
    }
}
