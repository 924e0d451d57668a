package io.github.gcrsync.registry.hosted;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Listing.ListedTag;
import io.github.gcrsync.oci.Tag;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The tags to find in the pages of one repository, and what was found so far. Not thread-safe. */
public final class Goal {
    /** Far above any real repository; a list with more pages has no end. */
    private static final int MOST_PAGES = 10_000;

    /** Many times the size of any real repository. */
    private static final int MOST_TAGS = 500_000;

    /** Empty to find all tags. */
    private final Optional<Set<String>> missing;

    private final boolean datesNeeded;
    private final long expectedPages;
    private final Map<String, ListedTag> found = new HashMap<>();
    private int pages;

    /** Why no further page was read. */
    public enum End {
        LAST_PAGE,
        /** All tags are found, or the others cost fewer requests one by one. */
        ENOUGH,
        /** The API knows no such repository: it does not exist, or is hidden from the API's user. */
        NO_REPOSITORY,
        FAILED
    }

    /** @param tags valid tags; the digest is empty if the API has none, or several */
    public record Found(Map<String, ListedTag> tags, End end) {}

    private Goal(Optional<Set<String>> missing, boolean datesNeeded, long expectedPages) {
        this.missing = missing;
        this.datesNeeded = datesNeeded;
        this.expectedPages = expectedPages;
    }

    /** To read all pages. */
    public static Goal all() {
        return new Goal(Optional.empty(), false, MOST_PAGES);
    }

    /**
     * To find these tags, as long as the pages that follow cost fewer requests than the tags that are left.
     *
     * @param datesNeeded whether dates are worth any number of requests
     * @param expectedPages the number of pages of the repository
     */
    public static Goal of(Collection<String> tags, boolean datesNeeded, long expectedPages) {
        return new Goal(Optional.of(new HashSet<>(tags)), datesNeeded, expectedPages);
    }

    /** @throws ContentException.Corrupt if the pages have no end */
    void add(HostedPage page) {
        pages++;
        // Tags may be pushed while the pages are read.
        long most = Math.min(MOST_PAGES, 2 * expectedPages + 2);
        boolean repeats = page.tags().stream().allMatch(tag -> found.containsKey(tag.tag()));
        // A filter may leave a page empty if the API counts its pages by tokens.
        boolean mayBeEmpty = page.next().filter(token -> !token.isEmpty()).isPresent();
        boolean isStuck = repeats && !(mayBeEmpty && page.tags().isEmpty());
        if (page.next().isPresent() && (isStuck || pages >= most)) {
            throw new ContentException.Corrupt("the list has no end");
        }
        if (found.size() + page.tags().size() > MOST_TAGS) {
            throw new ContentException.Corrupt("the list has more than " + MOST_TAGS + " tags");
        }
        for (ListedTag tag : page.tags()) {
            if (Tag.isValid(tag.tag())) {
                ListedTag known = found.merge(tag.tag(), tag, Goal::merged);
                boolean isDone = known.digest().isPresent()
                        && (!datesNeeded || known.pushed().isPresent());
                missing.filter(ignored -> isDone).ifPresent(left -> left.remove(tag.tag()));
            }
        }
    }

    /** A tag that moved while the pages were read is listed twice; the registry must then be asked for it. */
    private static ListedTag merged(ListedTag known, ListedTag other) {
        return known.digest().equals(other.digest()) ? known : new ListedTag(known.tag(), Optional.empty());
    }

    boolean isReached() {
        if (missing.isEmpty()) {
            return false;
        }
        int left = missing.get().size();
        return left == 0 || (!datesNeeded && expectedPages - pages >= left);
    }

    Found found(End end) {
        return new Found(Map.copyOf(found), end);
    }
}
