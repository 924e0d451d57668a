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

/** The tokens of a run: one request for all who need the same one, renewed before it ends. */
final class TokenCache {
    /** There may be a token for each repository; beyond this those that have ended are dropped. */
    private static final int MOST = 4096;

    private final InstantSource clock;
    /** One that is under way, has succeeded or has failed; a failure is not kept for those who come later. */
    private final Map<String, CompletableFuture<Token>> tokens = new ConcurrentHashMap<>();

    @FunctionalInterface
    interface Request {
        Token send() throws IOException;
    }

    TokenCache(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * The token under the key, requested if there is none, if it is about to end, or if it is the one just refused. Who
     * waits for another's request shares its outcome, its failure too.
     *
     * @param refused the token a server has answered with 401, so that it is not used again
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

    /** Empty if the other one was interrupted, which says nothing about the token. */
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

    /** Whether there is a token to be had, now or by the request under way. */
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
