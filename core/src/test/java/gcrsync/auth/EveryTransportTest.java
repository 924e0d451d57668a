package gcrsync.auth;

import gcrsync.http.Addresses;
import gcrsync.http.RedirectingTransport;
import gcrsync.http.RetryPolicy;
import gcrsync.http.RetryingTransport;
import gcrsync.http.Ticker;
import gcrsync.http.Transport;
import gcrsync.http.TransportContract;
import gcrsync.http.limit.HostSlots;
import gcrsync.http.limit.LimitingTransport;
import gcrsync.http.limit.PacingTransport;
import gcrsync.http.limit.ThrottlingTransport;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.Nested;

/** The contract, by each transport alone and by all of them as an engine stacks them. */
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
            return new PacingTransport(next, Map.of(), Ticker.SYSTEM);
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
                    new PacingTransport(new ThrottlingTransport(next, 1 << 30, Ticker.SYSTEM), Map.of(), Ticker.SYSTEM),
                    new HostSlots(3)))));
        }
    }
}
