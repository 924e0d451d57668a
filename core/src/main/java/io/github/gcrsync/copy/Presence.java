package io.github.gcrsync.copy;

import io.github.gcrsync.content.ImageDestination;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.tasks.OncePer;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What the destinations have confirmed in the copies of one run. */
final class Presence {
    private final OncePer<Place> confirmed = new OncePer<>();
    /** Blobs that a repository of the server has, so that others can mount them. */
    private final Set<Arrival> arrived = ConcurrentHashMap.newKeySet();

    private final Map<Place, CopiedReferrers> referrers = new ConcurrentHashMap<>();

    /** Content in one repository. */
    record Place(ImageDestination repository, Digest digest) {
        static Place of(CopyTarget target, Digest digest) {
            return new Place(target.destination(), digest);
        }
    }

    /** What the target has of the referrers of an image; empty unless all were copied in this run. */
    Optional<CopiedReferrers> referrers(CopyTarget target, Digest image) {
        return Optional.ofNullable(referrers.get(Place.of(target, image)));
    }

    void confirmReferrers(CopyTarget target, Digest image, CopiedReferrers copied) {
        referrers.put(Place.of(target, image), copied);
    }

    private record Arrival(String server, Digest digest) {}

    boolean isAt(CopyTarget target, Digest digest) {
        return confirmed.isDone(Place.of(target, digest));
    }

    void confirm(CopyTarget target, Digest digest) {
        confirmed.skip(Place.of(target, digest));
    }

    /** Runs the action unless it has already succeeded for this content of the repository. */
    void once(CopyTarget target, Digest digest, Runnable action) {
        Sided.waiting(() -> confirmed.once(Place.of(target, digest), action));
    }

    boolean hasArrived(CopyTarget target, Digest blob) {
        return arrived.contains(new Arrival(target.server(), blob));
    }

    void arrived(CopyTarget target, Digest blob) {
        arrived.add(new Arrival(target.server(), blob));
    }

    /** The destination has lost the content after it confirmed it. */
    void forget(CopyTarget target, Digest digest) {
        confirmed.forget(Place.of(target, digest));
        arrived.remove(new Arrival(target.server(), digest));
    }
}
