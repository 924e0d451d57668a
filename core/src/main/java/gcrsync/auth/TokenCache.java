package gcrsync.auth;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** The tokens of a run: one request for all who need the same one, renewed before it ends. */
final class TokenCache {
    /** There may be a token for each repository; beyond this those that have ended are dropped. */
    private static final int MOST = 4096;

    private final InstantSource clock;
    private final Map<String, Slot> slots = new ConcurrentHashMap<>();

    @FunctionalInterface
    interface Request {
        Token send() throws IOException;
    }

    /** Guarded by itself. */
    private static final class Slot {
        @Nullable
        Token token;

        @Nullable
        CompletableFuture<Token> underway;
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
    String get(String key, Optional<String> refused, Request request) throws IOException {
        if (slots.size() > MOST) {
            slots.values().removeIf(this::isOfNoUse);
        }
        Slot slot = slots.computeIfAbsent(key, k -> new Slot());
        while (true) {
            CompletableFuture<Token> mine = new CompletableFuture<>();
            CompletableFuture<Token> other;
            synchronized (slot) {
                Token known = slot.token;
                if (known != null && isUsable(known, refused)) {
                    return known.value();
                }
                other = slot.underway;
                if (other == null) {
                    slot.underway = mine;
                }
            }
            if (other == null) {
                return lead(slot, mine, request).value();
            }
            Optional<Token> shared = follow(other);
            if (shared.isPresent()) {
                return shared.get().value();
            }
        }
    }

    private static Token lead(Slot slot, CompletableFuture<Token> outcome, Request request) throws IOException {
        Optional<Token> token = Optional.empty();
        try {
            token = Optional.of(request.send());
            return token.get();
        } catch (IOException | RuntimeException e) {
            if (!Thread.currentThread().isInterrupted()) {
                outcome.completeExceptionally(e);
            }
            throw e;
        } finally {
            synchronized (slot) {
                token.ifPresent(t -> slot.token = t);
                slot.underway = null;
            }
            token.ifPresentOrElse(outcome::complete, () -> outcome.cancel(false));
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

    private boolean isOfNoUse(Slot slot) {
        synchronized (slot) {
            Token known = slot.token;
            return slot.underway == null && (known == null || !known.isFresh(clock.instant()));
        }
    }

    private boolean isUsable(Token token, Optional<String> refused) {
        return token.isFresh(clock.instant())
                && refused.filter(token.value()::equals).isEmpty();
    }
}
