package io.github.gcrsync.copy;

import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.RepositoryName;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/** Claims in memory, for copiers that stand for processes. */
final class ClaimTable implements BlobClaims {
    private final Duration patience;
    private final Map<Key, RepositoryName> places = new HashMap<>();
    private final Set<Key> taken = new HashSet<>();
    private final CountDownLatch waiting = new CountDownLatch(1);

    private record Key(String digest, String server) {}

    /** @param patience with other claims */
    ClaimTable(Duration patience) {
        this.patience = patience;
    }

    /** Waits until somebody has waited for a claim. */
    void awaitWaiting() {
        try {
            waiting.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Makes the claim of a process that never ends, until the blob is put. */
    synchronized void take(String digest, String server) {
        taken.add(new Key(digest, server));
    }

    synchronized void put(String digest, String server, String repository) {
        Key key = new Key(digest, server);
        places.put(key, new RepositoryName(repository));
        taken.remove(key);
        notifyAll();
    }

    synchronized String place(String digest, String server) {
        return String.valueOf(places.get(new Key(digest, server)));
    }

    synchronized int claims() {
        return taken.size();
    }

    @Override
    public synchronized Claim claim(Descriptor blob, Set<String> servers, BooleanSupplier hasEnded)
            throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        Map<String, RepositoryName> found = found(blob, servers);
        Set<Key> mine = missing(blob, servers, found);
        while (mine.stream().anyMatch(taken::contains) && !hasEnded.getAsBoolean() && System.nanoTime() < end) {
            waiting.countDown();
            TimeUnit.MILLISECONDS.timedWait(this, 5);
            found = found(blob, servers);
            mine = missing(blob, servers, found);
        }
        mine.removeIf(key -> !taken.add(key));
        return new Held(blob, mine, found);
    }

    private Map<String, RepositoryName> found(Descriptor blob, Set<String> servers) {
        Map<String, RepositoryName> found = new TreeMap<>();
        servers.forEach(server -> {
            RepositoryName place = places.get(new Key(blob.digest().value(), server));
            if (place != null) {
                found.put(server, place);
            }
        });
        return found;
    }

    private static Set<Key> missing(Descriptor blob, Set<String> servers, Map<String, RepositoryName> found) {
        return servers.stream()
                .filter(server -> !found.containsKey(server))
                .map(server -> new Key(blob.digest().value(), server))
                .collect(Collectors.toCollection(HashSet::new));
    }

    private final class Held implements Claim {
        private final Descriptor blob;
        private final Set<Key> mine;
        private final Map<String, RepositoryName> found;

        Held(Descriptor blob, Set<Key> mine, Map<String, RepositoryName> found) {
            this.blob = blob;
            this.mine = mine;
            this.found = found;
        }

        @Override
        public Map<String, RepositoryName> found() {
            return found;
        }

        @Override
        public void arrived(String server, RepositoryName repository) {
            put(blob.digest().value(), server, repository.value());
        }

        @Override
        public void close() {
            synchronized (ClaimTable.this) {
                taken.removeAll(mine);
                ClaimTable.this.notifyAll();
            }
        }
    }
}
