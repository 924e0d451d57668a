package io.github.gcrsync.registry.hosted;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.TagDetails.Way;
import io.github.gcrsync.http.Headers;
import io.github.gcrsync.http.Request;
import io.github.gcrsync.oci.RepositoryName;

/** The web API of one registry that lists the tags of a repository with digests and push dates, in pages. */
public interface HostedApi {
    Way way();

    /** The most entries in a page; an entry has at least one tag. */
    int pageSize();

    /** Whether a repository of this name can exist in the API. */
    boolean canName(RepositoryName repository);

    Request request(RepositoryName repository, Place place);

    /**
     * Reads a page.
     *
     * @param answer the JSON as in {@link io.github.gcrsync.text.Json#tree}
     * @throws ContentException.Corrupt if it is not a page of this API
     */
    HostedPage read(Object answer, Headers headers, Place place);

    /** Whether the answer to the request for the first page says that there is no such repository. */
    default boolean knowsNoRepository(int status, byte[] body) {
        return status == 404;
    }

    /**
     * The place of a page in the list.
     *
     * @param number from 1
     * @param token of the previous page, if the API uses tokens; otherwise ""
     */
    record Place(int number, String token) {
        public static final Place FIRST = new Place(1, "");

        Place next(String following) {
            return new Place(number + 1, following);
        }
    }
}
