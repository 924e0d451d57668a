package io.github.gcrsync.registry.hosted;

import io.github.gcrsync.content.Listing.ListedTag;
import io.github.gcrsync.content.TagDetails.Way;
import io.github.gcrsync.http.Headers;
import io.github.gcrsync.http.Request;
import io.github.gcrsync.oci.RepositoryName;
import java.net.URI;
import java.time.format.DateTimeFormatter;

/**
 * The API of Docker Hub's web site, used without a login, so only for public repositories. A page is {@code {"count": 123,
 * "next": URL or null, "results": [{"name": ..., "digest": ..., "tag_last_pushed": ...}]}}
 * (docs.docker.com/reference/api/hub/latest, "List repository tags"). Old tags have no digest.
 *
 * @param address of the web site
 */
record DockerHub(URI address) implements HostedApi {
    @Override
    public Way way() {
        return Way.DOCKER_HUB;
    }

    @Override
    public int pageSize() {
        return 100;
    }

    @Override
    public boolean canName(RepositoryName repository) {
        return repository.value().split("/", -1).length == 2;
    }

    @Override
    public Request request(RepositoryName repository, Place place) {
        String[] parts = repository.value().split("/", 2);
        // Counts pages instead of following "next", which could point anywhere.
        return Request.get(address.resolve("/v2/namespaces/" + parts[0] + "/repositories/" + parts[1]
                + "/tags?page_size=" + pageSize() + "&page=" + place.number()));
    }

    @Override
    public HostedPage read(Object answer, Headers headers, Place place) {
        Fields page = Fields.of(answer);
        return new HostedPage(
                page.list("results").stream()
                        .map(tag -> new ListedTag(
                                tag.required("name"),
                                tag.digest("digest"),
                                tag.date("tag_last_pushed", DateTimeFormatter.ISO_OFFSET_DATE_TIME)))
                        .toList(),
                page.text("next").map(url -> ""));
    }
}
