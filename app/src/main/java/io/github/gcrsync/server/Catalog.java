package io.github.gcrsync.server;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything that the mirrors hold, as their ledgers record it. It is read in the background, because a metadata
 * repository may be far away, and kept in memory.
 */
public final class Catalog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Catalog.class);

    private static final int CLOSE_SECONDS = 5;

    private final Map<String, List<CatalogImage>> images = new ConcurrentHashMap<>();
    private final ExecutorService reader = Executors.newSingleThreadExecutor(work -> {
        Thread thread = new Thread(work, "gcrsync-catalog");
        thread.setDaemon(true);
        return thread;
    });

    /** What was found. */
    public record Found(List<CatalogImage> images, int count) {}

    /** Reads the ledgers of mirrors soon. */
    public void read(Mirrors.Snapshot snapshot) {
        images.keySet()
                .retainAll(snapshot.mirrors().stream().map(ServedMirror::name).toList());
        snapshot.mirrors().forEach(mirror -> read(snapshot, mirror.name()));
    }

    void read(Mirrors.Snapshot snapshot, String mirror) {
        if (reader.isShutdown()) {
            return;
        }
        reader.execute(() -> {
            try {
                images.put(mirror, snapshot.catalog(mirror));
            } catch (RuntimeException e) {
                if (!reader.isShutdown()) {
                    LOG.warn("{}: cannot read what is mirrored: {}", mirror, e.getMessage());
                }
            }
        });
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

    /** Ends the reading; waits for it a few seconds. */
    @Override
    public void close() {
        reader.shutdownNow();
        try {
            boolean _ = reader.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
