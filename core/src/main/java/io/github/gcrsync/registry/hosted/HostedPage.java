package io.github.gcrsync.registry.hosted;

import io.github.gcrsync.content.Listing.ListedTag;
import java.util.List;
import java.util.Optional;

/**
 * A page of tags.
 *
 * @param tags unchecked names; a digest or date is empty if the API has none
 * @param next token of the next page, "" for an API that counts pages; empty if this is the last page
 */
public record HostedPage(List<ListedTag> tags, Optional<String> next) {
    public HostedPage {
        tags = List.copyOf(tags);
    }
}
