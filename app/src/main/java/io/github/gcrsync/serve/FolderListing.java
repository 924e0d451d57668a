package io.github.gcrsync.serve;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Repository;
import io.github.gcrsync.layout.OciLayouts;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.text.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The {@code tags/list} response in the format of gcr.io and Artifact Registry: the names below a path, and each
 * manifest with its tags, so that one request per repository returns all digests.
 */
final class FolderListing {
    private FolderListing() {}

    /** @throws ContentException.NotFound if the folder has neither this repository nor one below it */
    static String json(OciLayouts folder, RepositoryName name) {
        List<RepositoryName> all = folder.repositories().toList();
        List<String> children = all.stream()
                .filter(repository -> repository.isUnder(name))
                .map(repository -> repository.relativeTo(name).value().split("/", 2)[0])
                .distinct()
                .sorted()
                .toList();
        if (children.isEmpty() && !all.contains(name)) {
            throw new ContentException.NotFound(name + ": no such repository");
        }
        Repository repository = folder.repository(name);
        List<String> tags = repository.tags().toList();
        Map<Descriptor, List<String>> tagsOf = new LinkedHashMap<>();
        for (String tag : tags) {
            repository
                    .resolve(tag)
                    .ifPresent(manifest -> tagsOf.computeIfAbsent(manifest, _ -> new ArrayList<>())
                            .add(tag));
        }
        Map<String, Object> manifests = new TreeMap<>();
        tagsOf.forEach((manifest, names) -> manifests.put(
                manifest.digest().value(), new TreeMap<>(Map.of("mediaType", manifest.mediaType(), "tag", names))));
        return Json.text(
                new TreeMap<>(Map.of("child", children, "manifest", manifests, "name", name.value(), "tags", tags)));
    }
}
