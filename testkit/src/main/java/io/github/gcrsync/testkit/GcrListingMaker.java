package io.github.gcrsync.testkit;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

/** Creates a GCR-style listing of an ordinary registry: the manifests of its tags, and the children of indexes. */
final class GcrListingMaker {
    private static final int AT_ONCE = 16;

    private record Found(String mediaType, long imageBytes, Collection<String> tags) {}

    private final RegistryReader registry;
    private final String repository;
    private final Map<String, Found> manifests = new ConcurrentSkipListMap<>();
    private final Semaphore places = new Semaphore(AT_ONCE);

    GcrListingMaker(RegistryReader registry, String repository) {
        this.registry = registry;
        this.repository = repository;
    }

    GcrListing make(Collection<String> repositories) throws IOException {
        if (repositories.contains(repository)) {
            readAll(registry.names("/v2/" + repository + "/tags/list", "tags"));
        }
        List<GcrListing.Entry> entries = new ArrayList<>();
        manifests.forEach((digest, found) -> entries.add(
                new GcrListing.Entry(digest, found.mediaType, found.imageBytes, List.copyOf(found.tags), 0)));
        return new GcrListing(repository, GcrListing.childrenOf(repository, repositories), entries);
    }

    private void readAll(List<String> tags) throws IOException {
        List<Future<?>> reading = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (String tag : tags) {
                reading.add(threads.submit(() -> {
                    read(tag, tag);
                    return null;
                }));
            }
        }
        for (Future<?> each : reading) {
            try {
                each.get();
            } catch (ExecutionException e) {
                throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException(e);
            }
        }
    }

    /** @param tag empty for a manifest that only an index names */
    private void read(String reference, String tag) throws IOException {
        RegistryReader.Answer answer;
        places.acquireUninterruptibly();
        try {
            answer = registry.manifest(repository, reference);
        } catch (RegistryReader.RefusedException e) {
            if (e.status() == 404) {
                return; // Deleted since the listing, or missing in a sparse index.
            }
            throw e;
        } finally {
            places.release();
        }
        byte[] bytes = answer.body().bytes();
        ManifestJson json = ManifestJson.parse(bytes);
        String type = answer.headers().first("Content-Type");
        Found found = manifests.computeIfAbsent(
                Digests.of(bytes), ignored -> new Found(type, json.imageBytes(), new ConcurrentSkipListSet<>()));
        if (!tag.isEmpty()) {
            found.tags.add(tag);
        }
        for (ManifestJson.Child child : json.manifests()) {
            if (!manifests.containsKey(child.digest())) {
                read(child.digest(), "");
            }
        }
    }
}
