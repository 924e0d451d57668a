package io.github.gcrsync.auth;

import io.github.gcrsync.http.Addresses;
import io.github.gcrsync.http.RedirectingTransport;
import io.github.gcrsync.http.RetryPolicy;
import io.github.gcrsync.http.RetryingTransport;
import io.github.gcrsync.http.Ticker;
import io.github.gcrsync.http.Transport;
import io.github.gcrsync.http.TransportContract;
import io.github.gcrsync.http.limit.HostSlots;
import io.github.gcrsync.http.limit.LimitingTransport;
import io.github.gcrsync.http.limit.PacingTransport;
import io.github.gcrsync.http.limit.ThrottlingTransport;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.Nested;

/** Runs the contract with each transport alone, and with all of them stacked as in an engine. */
final class EveryTransportTest {
    private static Transport authenticating(Transport next) {
        return new AuthenticatingTransport(next, next, Credentials.NONE, InstantSource.system(), Addresses::isLoopback);
    }

    private static Transport retrying(Transport next) {
        return new RetryingTransport(next, RetryPolicy.DEFAULT, InstantSource.system());
    }

    @Nested
    final class Apache extends TransportContract {
        @Override
        protected Transport over(Transport next) {
            return next;
        }
    }

    @Nested
    final class Pacing extends TransportContract {
        @Override
        protected Transport over(Transport next) {
            return new PacingTransport(next, Map.of(), Ticker.SYSTEM, Ticker.SYSTEM);
        }
    }

    @Nested
    final class Throttling extends TransportContract {
        @Override
        protected Transport over(Transport next) {
            return new ThrottlingTransport(next, 1 << 30, Ticker.SYSTEM);
        }
    }

    @Nested
    final class Limiting extends TransportContract {
        @Override
        protected Transport over(Transport next) {
            return new LimitingTransport(next, new HostSlots(3));
        }
    }

    @Nested
    final class Authenticating extends TransportContract {
        @Override
        protected Transport over(Transport next) {
            return authenticating(next);
        }
    }

    @Nested
    final class Redirecting extends TransportContract {
        @Override
        protected Transport over(Transport next) {
            return new RedirectingTransport(next);
        }
    }

    @Nested
    final class Retrying extends TransportContract {
        @Override
        protected Transport over(Transport next) {
            return retrying(next);
        }
    }

    @Nested
    final class All extends TransportContract {
        @Override
        protected Transport over(Transport next) {
            return retrying(new RedirectingTransport(authenticating(new LimitingTransport(
                    new PacingTransport(
                            new ThrottlingTransport(next, 1 << 30, Ticker.SYSTEM),
                            Map.of(),
                            Ticker.SYSTEM,
                            Ticker.SYSTEM),
                    new HostSlots(3)))));
        }
    }
}
