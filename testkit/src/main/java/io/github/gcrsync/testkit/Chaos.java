package io.github.gcrsync.testkit;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * Random faults of all kinds. The fault of a request depends only on the seed, its method and path, and how often it
 * was made, so the same seed gives the same faults in any thread order.
 */
public final class Chaos {
    /** Suppliers of actions; sizes suit images of a few kilobytes. */
    private static final List<Function<RandomGenerator, Fault.Action>> KINDS = List.of(
            random -> answer(500, Map.of()),
            random -> answer(502, Map.of()),
            random -> answer(503, Map.of("Retry-After", "0")),
            random -> answer(429, Map.of("Retry-After", "0")),
            random -> answer(408, Map.of()),
            random -> answer(404, Map.of()),
            random -> answer(403, Map.of()),
            random -> new Fault.Action.Reset(),
            random -> new Fault.Action.CutHead(),
            random -> new Fault.Action.Cut(random.nextLong(4096)),
            random -> new Fault.Action.ResetAfter(random.nextLong(4096)),
            random -> new Fault.Action.Stall(random.nextLong(4096)),
            random -> new Fault.Action.Corrupt(random.nextLong(4096)),
            random -> new Fault.Action.Throttle(64 << 10),
            random -> new Fault.Action.LateCut(),
            random -> new Fault.Action.CutUpload(random.nextLong(4096)),
            random -> new Fault.Action.StallUpload(random.nextLong(4096)));

    private final long seed;
    private final double rate;
    private final Map<String, Integer> asked = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<String> done = new ConcurrentLinkedQueue<>();
    private volatile boolean ended;

    private Chaos(long seed, double rate) {
        this.seed = seed;
        this.rate = rate;
    }

    /** @param rate the share of requests, and of connections, with a fault */
    public static Chaos seeded(long seed, double rate) {
        return new Chaos(seed, rate);
    }

    /** Stops all faults. */
    public void end() {
        ended = true;
    }

    /** Returns the injected faults in order, for failure messages. */
    public List<String> done() {
        return List.copyOf(done);
    }

    Optional<Fault.Action> strike(String method, String path) {
        return at(
                method + " " + path,
                random -> KINDS.get(random.nextInt(KINDS.size())).apply(random));
    }

    boolean refusesConnection() {
        return at("connection", random -> true).isPresent();
    }

    private <T> Optional<T> at(String what, Function<RandomGenerator, T> happens) {
        if (ended) {
            return Optional.empty();
        }
        int time = asked.merge(what, 1, Integer::sum);
        RandomGenerator random = new java.util.SplittableRandom(seed * 31 * 31 + what.hashCode() * 31L + time);
        if (random.nextDouble() >= rate) {
            return Optional.empty();
        }
        T action = happens.apply(random);
        done.add(what + " #" + time + ": " + action);
        return Optional.of(action);
    }

    private static Fault.Action answer(int status, Map<String, String> headers) {
        return new Fault.Action.Answer(
                status, headers, "{\"errors\":[{\"code\":\"UNKNOWN\",\"message\":\"a fault of the test\"}]}");
    }
}
