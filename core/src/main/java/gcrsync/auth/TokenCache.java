package gcrsync.auth;

import java.io.IOException;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The tokens of a run: one request for all who need the same one, renewed before it ends. */
final class TokenCache {
    private final InstantSource clock;
    private final Map<String, Slot> slots = new ConcurrentHashMap<>();

    @FunctionalInterface
    interface Request {
        Token send() throws IOException;
    }

    private static final class Slot {
        final ReentrantLock lock = new ReentrantLock();
        volatile @Nullable Token token;
    }

    TokenCache(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * The token under the key, requested if there is none, if it is about to end, or if it is the one just refused.
     *
     * @param refused the token a server has answered with 401, so that it is not used again
     */
    String get(String key, Optional<String> refused, Request request) throws IOException {
        Slot slot = slots.computeIfAbsent(key, k -> new Slot());
        Token known = slot.token;
        if (known != null && isUsable(known, refused)) {
            return known.value();
        }
        slot.lock.lock();
        try {
            Token meanwhile = slot.token;
            if (meanwhile != null && isUsable(meanwhile, refused)) {
                return meanwhile.value();
            }
            Token requested = request.send();
            slot.token = requested;
            return requested.value();
        } finally {
            slot.lock.unlock();
        }
    }

    private boolean isUsable(Token token, Optional<String> refused) {
        return token.isFresh(clock.instant())
                && refused.filter(token.value()::equals).isEmpty();
    }
}
