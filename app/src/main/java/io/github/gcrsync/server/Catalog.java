package io.github.gcrsync.server;

import io.github.gcrsync.check.ImageContents;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything that the mirrors hold, as their ledgers record it. It is read in the background, because a metadata
 * repository may be far away, and kept in memory.
 */
public final class Catalog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Catalog.class);

    private static final int CLOSE_SECONDS = 5;

    private final Supplier<Mirrors.Snapshot> current;
    private final Map<String, List<CatalogImage>> images = new ConcurrentHashMap<>();
    private final Map<String, String> problems = new ConcurrentHashMap<>();
    /** Mirrors that wait to be read. */
    private final Set<String> waiting = ConcurrentHashMap.newKeySet();

    private final ExecutorService reader = Executors.newSingleThreadExecutor(work -> {
        Thread thread = new Thread(work, "gcrsync-catalog");
        thread.setDaemon(true);
        return thread;
    });

    Catalog(Supplier<Mirrors.Snapshot> current) {
        this.current = current;
    }

    /** What was found. */
    public record Found(List<CatalogImage> images, int count) {}

    /** Reads the ledgers of all mirrors soon. */
    void read() {
        List<String> names =
                current.get().mirrors().stream().map(ServedMirror::name).toList();
        images.keySet().retainAll(names);
        problems.keySet().retainAll(names);
        names.forEach(this::read);
    }

    /** Reads the ledger of a mirror soon. */
    void read(String mirror) {
        if (waiting.add(mirror)) {
            try {
                reader.execute(() -> readNow(mirror));
            } catch (RejectedExecutionException e) {
                waiting.remove(mirror); // The service stops.
            }
        }
    }

    private void readNow(String mirror) {
        waiting.remove(mirror);
        Mirrors.Snapshot snapshot = current.get();
        if (!snapshot.contains(mirror)) {
            images.remove(mirror);
            return;
        }
        try {
            images.put(mirror, snapshot.catalog(mirror));
            problems.remove(mirror);
        } catch (RuntimeException e) {
            if (!reader.isShutdown()) {
                problems.put(mirror, String.valueOf(e.getMessage()));
                LOG.warn("{}: cannot read what is mirrored: {}", mirror, e.getMessage());
            }
        }
    }

    /** Returns why ledgers could not be read, by mirror. */
    public Map<String, String> problems() {
        return new TreeMap<>(problems);
    }

    /** Returns how many mirrors have not been read yet. */
    public int unread() {
        return (int) current.get().mirrors().stream()
                .map(ServedMirror::name)
                .filter(name -> !images.containsKey(name) && !problems.containsKey(name))
                .count();
    }

    /**
     * Searches images that contain all words.
     *
     * @param mirror empty: all mirrors
     * @param most images to return; all are counted
     */
    public Found search(String mirror, String words, int most) {
        String[] all = words.toLowerCase(Locale.ROOT).strip().split("\\s+");
        List<CatalogImage> found = new ArrayList<>();
        int count = 0;
        for (String name : images.keySet().stream().sorted().toList()) {
            if (!mirror.isEmpty() && !mirror.equals(name)) {
                continue;
            }
            for (CatalogImage image : images.getOrDefault(name, List.of())) {
                if (image.matches(all)) {
                    count++;
                    if (found.size() < most) {
                        found.add(image);
                    }
                }
            }
        }
        return new Found(found, count);
    }

    /** Returns the image with this address; empty if the mirror does not record it. */
    public Optional<CatalogImage> find(String mirror, String address) {
        return images.getOrDefault(mirror, List.of()).stream()
                .filter(image -> image.address().equals(address))
                .findFirst();
    }

    /** Asks the destination what it holds of the image; throws an exception with the reason if that fails. */
    public ImageContents contents(CatalogImage image) {
        return current.get().contents(image);
    }

    /** Ends the reading, which would compete with the last checkpoints of runs. */
    void stop() {
        reader.shutdownNow();
    }

    /** Ends the reading; waits for it a few seconds. */
    @Override
    public void close() {
        stop();
        try {
            boolean _ = reader.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
