package io.github.gcrsync.registry.hosted;

import io.github.gcrsync.auth.Scopes;
import io.github.gcrsync.content.Listing.ListedTag;
import io.github.gcrsync.content.TagDetails.Way;
import io.github.gcrsync.http.Headers;
import io.github.gcrsync.http.Request;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;
import java.net.URI;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Harbor's API, with the registry's user and password by Basic authentication, because it ignores the registry's tokens. A
 * page is {@code [{"digest": ..., "tags": [{"name": ..., "push_time": ...}]}]}, with the number of artifacts in
 * {@code X-Total-Count} (github.com/goharbor/harbor/blob/main/api/v2.0/swagger.yaml, "listArtifacts"). Untagged artifacts
 * are excluded, so there are at most as many artifacts as tags.
 *
 * @param registry the registry's own address
 */
record Harbor(URI registry) implements HostedApi {
    /** The service that Harbor names in its token challenge, and no other registry does. */
    static final String SERVICE = "harbor-registry";

    @Override
    public Way way() {
        return Way.HARBOR;
    }

    @Override
    public int pageSize() {
        return 100;
    }

    @Override
    public boolean canName(RepositoryName repository) {
        return repository.value().contains("/");
    }

    @Override
    public Request request(RepositoryName repository, Place place) {
        String[] parts = repository.value().split("/", 2);
        // A slash must be encoded twice (github.com/goharbor/harbor/issues/18355).
        return Request.get(registry.resolve("/api/v2.0/projects/" + parts[0] + "/repositories/"
                        + parts[1].replace("/", "%252F") + "/artifacts?page_size=" + pageSize() + "&page="
                        + place.number() + "&with_tag=true&with_label=false&q=tags%3D*"))
                .withScopes(List.of(Scopes.pull(repository)));
    }

    @Override
    public HostedPage read(Object answer, Headers headers, Place place) {
        List<Fields> artifacts = Fields.all(answer);
        List<ListedTag> tags = new ArrayList<>();
        for (Fields artifact : artifacts) {
            Optional<Digest> digest = artifact.digest("digest");
            artifact.listOrNone("tags")
                    .forEach(tag -> tags.add(new ListedTag(
                            tag.required("name"),
                            digest,
                            tag.date("push_time", DateTimeFormatter.ISO_OFFSET_DATE_TIME))));
        }
        Optional<Long> total = headers.first("X-Total-Count")
                .filter(count -> count.matches("\\d{1,9}"))
                .map(Long::valueOf);
        boolean more =
                total.map(count -> count > (long) place.number() * pageSize()).orElse(artifacts.size() >= pageSize());
        return new HostedPage(tags, more ? Optional.of("") : Optional.empty());
    }
}
