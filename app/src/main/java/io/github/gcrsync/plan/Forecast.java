package io.github.gcrsync.plan;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.ImageSource;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.oci.MediaType;
import io.github.gcrsync.oci.Platforms;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.tasks.Tasks;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;

/**
 * The cost of a plan if the destination has none of its blobs yet; existing blobs reduce it.
 *
 * @param bytes of manifests and blobs, each counted once
 * @param sourceRequests one per manifest and one per different blob
 * @param destinationRequests two per uploaded blob, one per mounted blob, one per manifest
 * @param unread images whose manifests could not be read; they are not counted
 */
public record Forecast(long bytes, long sourceRequests, long destinationRequests, int unread) {
    /** Reads the manifests of the images to copy, nothing else. */
    public static Forecast of(
            Plan plan,
            Function<RepositoryName, ? extends ImageSource> source,
            Platforms platforms,
            int requestsInFlight) {
        Collection<Tree> trees = new ConcurrentLinkedQueue<>();
        Tasks.forEach(plan.toCopy(), requestsInFlight, task -> {
            try {
                Tree tree = new Tree(task, platforms, new HashSet<>(), new HashSet<>());
                tree.read(
                        source.apply(task.from()),
                        source.apply(task.from()).manifest(task.digest().value()));
                trees.add(tree);
            } catch (ContentException e) {
                // The copy will fail in the same way and report why.
            }
        });
        return counted(trees, plan.toCopy().size() - trees.size());
    }

    /** The content of one image. */
    private record Tree(CopyTask task, Platforms platforms, Set<Descriptor> manifests, Set<Descriptor> blobs) {
        void read(ImageSource repository, Manifest manifest) {
            manifests.add(manifest.descriptor());
            for (Descriptor child : platforms.among(manifest.children())) {
                if (MediaType.isManifest(child.mediaType())) {
                    read(repository, repository.manifest(child.digest().value()));
                } else {
                    blobs.add(new Descriptor(child.mediaType(), child.digest(), child.size()));
                }
            }
        }
    }

    private record Place(RepositoryName repository, Digest digest) {}

    private static Forecast counted(Collection<Tree> trees, int unread) {
        Set<Digest> blobs = new HashSet<>();
        Set<Place> placedBlobs = new HashSet<>();
        Set<Place> childManifests = new HashSet<>();
        long bytes = 0;
        long requests = 0;
        for (Tree tree : trees) {
            RepositoryName to = tree.task().to();
            for (Descriptor manifest : tree.manifests()) {
                boolean isRoot = manifest.digest().equals(tree.task().digest());
                if (isRoot || childManifests.add(new Place(to, manifest.digest()))) {
                    bytes += manifest.size();
                    requests++;
                }
            }
            for (Descriptor blob : tree.blobs()) {
                bytes += blobs.add(blob.digest()) ? blob.size() : 0;
                placedBlobs.add(new Place(to, blob.digest()));
            }
        }
        return new Forecast(bytes, requests + blobs.size(), requests + placedBlobs.size() + blobs.size(), unread);
    }
}
