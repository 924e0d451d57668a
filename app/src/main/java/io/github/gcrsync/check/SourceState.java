package io.github.gcrsync.check;

import io.github.gcrsync.content.Listing;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The images of the source at one moment.
 *
 * @param images by repository and tag; the digest is empty if nobody asked for it
 */
public record SourceState(Map<Image, Optional<Digest>> images) {
    public record Image(RepositoryName repository, String tag) {}

    public SourceState {
        images = Map.copyOf(images);
    }

    /**
     * Keeps the earlier state of repositories that could not be listed this time, so that nothing wrongly counts as
     * deleted.
     */
    public static SourceState of(Listing listing, Optional<SourceState> before) {
        Map<Image, Optional<Digest>> images = new HashMap<>();
        listing.repositories()
                .forEach(repository -> repository
                        .tags()
                        .forEach(tag -> images.put(new Image(repository.name(), tag.tag()), tag.digest())));
        Set<RepositoryName> unlisted =
                listing.failures().stream().map(Listing.Failure::repository).collect(Collectors.toSet());
        before.ifPresent(old -> old.images().forEach((image, digest) -> {
            if (unlisted.contains(image.repository())) {
                images.put(image, digest);
            }
        }));
        return new SourceState(images);
    }

    public String changesSince(Optional<SourceState> before) {
        if (before.isEmpty()) {
            return "first look";
        }
        Map<Image, Optional<Digest>> old = before.get().images();
        long added = images.keySet().stream().filter(i -> !old.containsKey(i)).count();
        long gone = old.keySet().stream().filter(i -> !images.containsKey(i)).count();
        long moved = images.entrySet().stream()
                .filter(e -> isMoved(old.getOrDefault(e.getKey(), Optional.empty()), e.getValue()))
                .count();
        return added + gone + moved == 0 ? "no change" : "%d new, %d moved, %d gone".formatted(added, moved, gone);
    }

    private static boolean isMoved(Optional<Digest> from, Optional<Digest> to) {
        return from.isPresent() && to.isPresent() && !from.equals(to);
    }
}
