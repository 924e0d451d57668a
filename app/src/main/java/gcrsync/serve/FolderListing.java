package gcrsync.serve;

import gcrsync.content.ContentException;
import gcrsync.content.Repository;
import gcrsync.layout.OciLayouts;
import gcrsync.oci.Descriptor;
import gcrsync.oci.RepositoryName;
import gcrsync.text.Json;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What {@code tags/list} of gcr.io and Artifact Registry says of one name: the names below it, and each manifest with its
 * tags, so that one request per repository tells all digests.
 */
record FolderListing(
        RepositoryName name,
        NavigableSet<String> children,
        Map<Descriptor, List<String>> manifests,
        List<String> tags) {
    /** @throws ContentException.NotFound if the folder has neither a repository of that name nor one below it */
    static FolderListing of(OciLayouts folder, RepositoryName name) {
        List<RepositoryName> all = folder.repositories().toList();
        NavigableSet<String> children = new TreeSet<>();
        all.stream()
                .filter(repository -> repository.isUnder(name))
                .map(repository -> repository.relativeTo(name).value().split("/", 2)[0])
                .forEach(children::add);
        if (children.isEmpty() && !all.contains(name)) {
            throw new ContentException.NotFound(name + ": no such repository");
        }
        Map<Descriptor, List<String>> manifests =
                new TreeMap<>(Comparator.comparing(manifest -> manifest.digest().value()));
        Repository repository = folder.repository(name);
        List<String> tags = repository.tags().toList();
        for (String tag : tags) {
            repository
                    .resolve(tag)
                    .ifPresent(manifest -> manifests
                            .computeIfAbsent(manifest, _ -> new ArrayList<>())
                            .add(tag));
        }
        return new FolderListing(name, children, manifests, tags);
    }

    String json() {
        Map<String, Object> byDigest = new LinkedHashMap<>();
        manifests.forEach((manifest, names) -> byDigest.put(
                manifest.digest().value(), new TreeMap<>(Map.of("mediaType", manifest.mediaType(), "tag", names))));
        return Json.text(
                new TreeMap<>(Map.of("child", children, "manifest", byDigest, "name", name.value(), "tags", tags)));
    }
}
