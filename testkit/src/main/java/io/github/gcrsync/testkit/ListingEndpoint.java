package io.github.gcrsync.testkit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Handles tags/list, in the standard and in GCR's form, _catalog, and referrers. */
final class ListingEndpoint {
    private final RegistryOptions options;
    private final RegistryStore store;

    ListingEndpoint(RegistryOptions options, RegistryStore store) {
        this.options = options;
        this.store = store;
    }

    Reply tags(Request request, String name) {
        Optional<StoredRepository> repository = store.repository(name);
        if (options.gcrListing) {
            GcrListing listing = new GcrListing(
                    name,
                    GcrListing.childrenOf(name, store.repositories()),
                    repository.map(StoredRepository::listing).orElse(List.of()));
            return repository.isEmpty() && listing.empty()
                    ? unknown(name)
                    : Reply.of(200).body("application/json", listing.json());
        }
        return repository
                .map(found -> page(request, "/v2/" + name + "/tags/list", "tags", found.tags(), Map.of("name", name)))
                .orElseGet(() -> unknown(name));
    }

    Reply catalog(Request request) {
        return options.catalog
                ? page(request, "/v2/_catalog", "repositories", store.repositories(), Map.of())
                : Reply.error(404, "UNSUPPORTED", "this registry has no catalog");
    }

    private static Reply unknown(String name) {
        return Reply.error(404, "NAME_UNKNOWN", "the repository " + name + " does not exist");
    }

    /**
     * Returns the page after {@code last}, with at most {@code n} names, and a Link to the next page if there is one.
     */
    private Reply page(Request request, String path, String member, List<String> all, Map<String, String> besides) {
        int n = options.pageSize;
        if (request.has("n")) {
            if (!request.parameter("n").matches("\\d{1,9}")) {
                return Reply.error(400, "PAGINATION_NUMBER_INVALID", "n=" + request.parameter("n"));
            }
            n = Math.min(n, Integer.parseInt(request.parameter("n")));
        }
        String last = request.parameter("last");
        List<String> rest =
                all.stream().filter(name -> name.compareTo(last) > 0).toList();
        List<String> names = rest.subList(0, Math.min(n, rest.size()));
        Map<String, Object> json = new LinkedHashMap<>(besides);
        json.put(member, names);
        Reply reply = Reply.of(200).json(json);
        if (options.links && names.size() < rest.size() && !names.isEmpty()) {
            String next = "%s?last=%s&n=%d".formatted(path, names.getLast().replace("/", "%2F"), n);
            reply.header("Link", "<%s>; rel=\"next\"".formatted(next));
        }
        return reply;
    }

    /** Answers as in OCI distribution 1.1, "Listing Referrers"; never 404 if the API is enabled. */
    Reply referrers(Request request, String repository, String digest) {
        if (!options.referrersApi) {
            return Reply.error(404, "UNSUPPORTED", "this registry has no referrers API");
        }
        String type = request.parameter("artifactType");
        List<StoredRepository.Stored> found =
                store.repository(repository).map(known -> known.referrers(digest)).orElse(List.of()).stream()
                        .sorted(Comparator.comparing(StoredRepository.Stored::digest))
                        .toList();
        List<Map<String, Object>> descriptors = new ArrayList<>();
        boolean more = false;
        String last = request.parameter("last");
        for (StoredRepository.Stored manifest : found) {
            if (manifest.digest().compareTo(last) <= 0) {
                continue;
            }
            if (descriptors.size() == options.pageSize) {
                more = true;
                break;
            }
            if (!type.isEmpty() && !type.equals(manifest.json().artifactType())) {
                continue;
            }
            Map<String, Object> descriptor = new LinkedHashMap<>();
            descriptor.put("mediaType", manifest.mediaType());
            descriptor.put("digest", manifest.digest());
            descriptor.put("size", manifest.content().size());
            descriptor.put("artifactType", manifest.json().artifactType());
            if (!manifest.json().annotations().isEmpty()) {
                descriptor.put("annotations", manifest.json().annotations());
            }
            descriptors.add(descriptor);
        }
        Map<String, Object> index = new LinkedHashMap<>();
        index.put("schemaVersion", 2);
        index.put("mediaType", "application/vnd.oci.image.index.v1+json");
        index.put("manifests", descriptors);
        Reply reply = Reply.of(200).body("application/vnd.oci.image.index.v1+json", Json.write(index));
        if (more) {
            reply.header(
                    "Link",
                    "</v2/%s/referrers/%s?last=%s&artifactType=%s>; rel=\"next\""
                            .formatted(repository, digest, descriptors.getLast().get("digest"), type));
        }
        return type.isEmpty() ? reply : reply.header("OCI-Filters-Applied", "artifactType");
    }
}
