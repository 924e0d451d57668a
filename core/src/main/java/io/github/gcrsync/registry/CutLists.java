package io.github.gcrsync.registry;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.http.Request;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds out whether a full page without a link is the end of a list. Some registries (go-containerregistry's) silently
 * truncate a list at the requested number, which the specification allowed until version 1.1: the client then asks for
 * the entries after the last name.
 */
final class CutLists implements Pages.Unlinked<ListingPage> {
    /** Pages are truncated at the requested number or at a round number of the registry's choice. */
    private static final int ROUND = 1000;

    private final Request first;
    private final Set<String> known = new HashSet<>();

    CutLists(Request first) {
        this.first = first;
    }

    @Override
    public Optional<String> after(ListingPage page) {
        if (page.children().isPresent()) {
            return Optional.empty(); // gcr.io and Artifact Registry return everything in one page.
        }
        List<String> names = page.tags().isEmpty() ? page.repositories() : page.tags();
        boolean isFirst = known.isEmpty();
        if (!isFirst && !names.isEmpty()) {
            boolean anyKnown = names.stream().anyMatch(known::contains);
            if (anyKnown && known.containsAll(names)) {
                return Optional.empty(); // The registry ignores "last" and returned the whole list again.
            }
            if (anyKnown) {
                throw new ContentException.Corrupt("the answers to " + first
                        + " overlap, and the registry does not say where the list continues: it may be incomplete");
            }
        }
        if (names.isEmpty() || names.size() % ROUND != 0) {
            return Optional.empty();
        }
        known.addAll(names);
        return Optional.of("&last=" + URLEncoder.encode(names.getLast(), StandardCharsets.UTF_8));
    }
}
