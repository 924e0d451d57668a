package io.github.gcrsync.http.limit;

import io.github.gcrsync.http.Addresses;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;

/**
 * Limits the requests in flight at each host to what the host can handle, as its answers show. Slots at several hosts
 * are taken in one step, all or none: no caller waits while it holds a slot, so no deadlock is possible.
 */
public final class HostSlots {
    private static final Duration EPOCH = Duration.ofMillis(100);
    private static final Duration FOREVER = Duration.ofNanos(Long.MAX_VALUE);

    /** A portion that grows announces itself to nobody. */
    private static final long ASKED_EVERY = Duration.ofSeconds(1).toNanos();

    private final int mostPerHost;
    private final DoubleSupplier portion;
    private final Map<String, HostWindow> windows = new HashMap<>();
    /** In order of arrival. A waiter whose hosts have room proceeds, even if an earlier one waits for a full host. */
    private final List<Waiting> queue = new ArrayList<>();

    public HostSlots(int mostPerHost) {
        this(mostPerHost, () -> 1);
    }

    /** @param portion of the limit that applies to this process at present: above 0, at most 1 */
    public HostSlots(int mostPerHost, DoubleSupplier portion) {
        this.mostPerHost = mostPerHost;
        this.portion = portion;
    }

    private record Waiting(List<String> hosts, CountDownLatch admitted) {}

    /**
     * Waits until every host has room, and takes a slot at each in one step; a host listed twice yields two.
     *
     * @param hosts in the form of {@link Addresses#authority}
     */
    public Held take(List<String> hosts) throws InterruptedIOException {
        return take(hosts, FOREVER).orElseThrow();
    }

    /** Takes the slots in the same way, unless that takes longer than the patience. */
    public Optional<Held> take(List<String> hosts, Duration patience) throws InterruptedIOException {
        Waiting waiting = new Waiting(hosts, new CountDownLatch(1));
        synchronized (this) {
            if (admitted(hosts)) {
                return Optional.of(new Held(hosts));
            }
            queue.add(waiting);
        }
        try {
            for (long left = patience.toNanos(); left > 0; left -= ASKED_EVERY) {
                long wait = Math.min(left, ASKED_EVERY);
                if (waiting.admitted.await(wait, TimeUnit.NANOSECONDS) || isAdmitted(waiting)) {
                    return Optional.of(new Held(hosts));
                }
            }
            return removed(waiting) ? Optional.empty() : Optional.of(new Held(hosts));
        } catch (InterruptedException e) {
            if (!removed(waiting)) {
                leave(hosts);
            }
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for a slot at the host");
        }
    }

    private synchronized boolean isAdmitted(Waiting waiting) {
        return !queue.contains(waiting) || (admitted(waiting.hosts) && queue.remove(waiting));
    }

    /** Returns false if the waiter was admitted at the same moment. */
    private synchronized boolean removed(Waiting waiting) {
        return queue.remove(waiting);
    }

    /** The host has answered a request; each answer widens its window. */
    synchronized void succeeded(String host) {
        if (window(host).succeeded()) {
            admit(List.of(host));
        }
    }

    /** The host has refused a request because of its load (429, 503). */
    synchronized void refused(String host) {
        window(host).refused(System.nanoTime());
    }

    private synchronized void leave(List<String> hosts) {
        hosts.forEach(host -> window(host).leave());
        admit(hosts);
    }

    /** Each request comes here, often with tens of waiters, so it ends as soon as the hosts are full again. */
    private void admit(List<String> hostsWithRoom) {
        Iterator<Waiting> waiters = queue.iterator();
        while (waiters.hasNext() && anyHasRoom(hostsWithRoom)) {
            Waiting waiting = waiters.next();
            if (admitted(waiting.hosts)) {
                waiters.remove();
                waiting.admitted.countDown();
            }
        }
    }

    private boolean anyHasRoom(List<String> hosts) {
        for (String host : hosts) {
            if (window(host).hasRoomFor(1)) {
                return true;
            }
        }
        return false;
    }

    private boolean admitted(List<String> hosts) {
        for (String host : hosts) {
            if (!window(host).hasRoomFor(Collections.frequency(hosts, host))) {
                return false;
            }
        }
        hosts.forEach(host -> window(host).enter());
        return true;
    }

    private HostWindow window(String host) {
        return windows.computeIfAbsent(host, ignored -> new HostWindow(mostPerHost, EPOCH, portion));
    }

    /** Slots that were taken together and are released together. */
    public final class Held implements AutoCloseable {
        private List<String> hosts;

        private Held(List<String> hosts) {
            this.hosts = hosts;
        }

        @Override
        public void close() {
            synchronized (HostSlots.this) {
                leave(hosts);
                hosts = List.of();
            }
        }
    }
}
