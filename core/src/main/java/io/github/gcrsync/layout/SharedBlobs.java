package io.github.gcrsync.layout;

import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import java.nio.file.LinkOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds blobs in other layouts of the folder: blobs of this run are cached, others are looked up by name in the layouts
 * that existed at the first lookup. Never lists a blob folder.
 */
final class SharedBlobs {
    private final Supplier<List<LayoutFolder>> scan;
    private final Map<Digest, LayoutFolder> places = new ConcurrentHashMap<>();
    private @Nullable List<LayoutFolder> layouts;

    SharedBlobs(Supplier<List<LayoutFolder>> scan) {
        this.scan = scan;
    }

    void remember(Descriptor blob, LayoutFolder place) {
        places.put(blob.digest(), place);
    }

    /** Finds another layout whose file of the blob passes the check. */
    Optional<LayoutFolder> find(Descriptor blob, LayoutFolder asking, BlobCheck check) {
        @Nullable LayoutFolder place = places.get(blob.digest());
        if (place != null && isAt(place, blob, asking, check)) {
            return Optional.of(place);
        }
        Optional<LayoutFolder> found = layouts().stream()
                .filter(layout -> isAt(layout, blob, asking, check))
                .findFirst();
        found.ifPresent(layout -> places.put(blob.digest(), layout));
        return found;
    }

    private static boolean isAt(LayoutFolder place, Descriptor blob, LayoutFolder asking, BlobCheck check) {
        return !place.path().equals(asking.path()) && check.isWhole(place, blob, LinkOption.NOFOLLOW_LINKS);
    }

    private synchronized List<LayoutFolder> layouts() {
        List<LayoutFolder> known = layouts;
        if (known == null) {
            known = scan.get();
            layouts = known;
        }
        return known;
    }
}
