package io.github.gcrsync.registry.hosted;

import io.github.gcrsync.content.Listing.ListedTag;
import io.github.gcrsync.content.TagDetails.Way;
import io.github.gcrsync.http.Headers;
import io.github.gcrsync.http.Request;
import io.github.gcrsync.oci.RepositoryName;
import java.net.URI;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/**
 * Quay's API, used without a login, so only for public repositories: it accepts neither the passwords nor the tokens of the
 * registry. A page is {@code {"tags": [{"name": ..., "manifest_digest": ..., "last_modified": ...}], "page": 1,
 * "has_additional": true}} (github.com/quay/quay/blob/master/endpoints/api/tag.py).
 *
 * @param registry the registry's own address
 */
record Quay(URI registry) implements HostedApi {
    @Override
    public Way way() {
        return Way.QUAY;
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
        return Request.get(registry.resolve("/api/v1/repository/" + repository + "/tag/?limit=" + pageSize() + "&page="
                + place.number() + "&onlyActiveTags=true"));
    }

    @Override
    public HostedPage read(Object answer, Headers headers, Place place) {
        Fields page = Fields.of(answer);
        return new HostedPage(
                page.list("tags").stream()
                        .map(tag -> new ListedTag(
                                tag.required("name"),
                                tag.digest("manifest_digest"),
                                tag.date("last_modified", DateTimeFormatter.RFC_1123_DATE_TIME)))
                        .toList(),
                page.isTrue("has_additional") ? Optional.of("") : Optional.empty());
    }
}
