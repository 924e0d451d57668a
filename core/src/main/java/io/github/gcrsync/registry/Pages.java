package io.github.gcrsync.registry;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.http.Addresses;
import io.github.gcrsync.http.Headers;
import io.github.gcrsync.http.LinkHeader;
import io.github.gcrsync.http.Request;
import io.github.gcrsync.registry.hosted.BoundedInput;
import io.github.gcrsync.text.Printable;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.HashSet;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import tools.jackson.core.JacksonException;

/**
 * Fetches a listing in pages; each names the next one in its {@code Link} header ("Content Discovery"). A missing or
 * unreachable page is an error: its entries would look deleted.
 *
 * @param <P> type of a parsed page
 */
final class Pages<P> {
    /** More pages mean a cycle; at 100 entries a page this is a million entries. */
    private static final int MOST = 10_000;
    /** The largest page in bytes; gcr.io lists all digests of a repository in one page. */
    private static final long LARGEST = 64L << 20;

    /** Many times the length of a name with its tag; all links are kept until the last page. */
    private static final int LONGEST_LINK = 4096;

    /** serverless-registry links every page to another one; the link of the last page starts over. */
    private static final Pattern TO_THE_BEGINNING = Pattern.compile("(n=\\d+&)?last=(&n=\\d+)?");

    private final RemoteRegistry registry;
    private final Request first;
    private final PageReader<P> reader;
    private final Unlinked<P> unlinked;

    @FunctionalInterface
    interface PageReader<P> {
        P read(InputStream page) throws IOException;
    }

    /** Decides what follows a page without a link. */
    interface Unlinked<P> {
        /** @return the text to append to the first page's query */
        Optional<String> after(P page);
    }

    Pages(RemoteRegistry registry, Request first, PageReader<P> reader) {
        this(registry, first, reader, ignored -> Optional.empty());
    }

    private Pages(RemoteRegistry registry, Request first, PageReader<P> reader, Unlinked<P> unlinked) {
        this.registry = registry;
        this.first = first;
        this.reader = reader;
        this.unlinked = unlinked;
    }

    /** Creates pages of names, which some registries silently truncate. */
    static Pages<ListingPage> ofNames(RemoteRegistry registry, Request first) {
        return new Pages<>(registry, first, ListingPage::read, new CutLists(first));
    }

    /** Returns the pages in order; each is fetched when it is read. */
    Stream<P> stream() {
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(new Fetching(), Spliterator.ORDERED), false);
    }

    private final class Fetching implements Iterator<P> {
        private final Set<URI> seen = new HashSet<>();
        private Optional<Request> next = Optional.of(first);
        private boolean isLinked;

        @Override
        public boolean hasNext() {
            return next.isPresent();
        }

        @Override
        public P next() {
            Request page = next.orElseThrow(NoSuchElementException::new);
            if (!seen.add(page.uri()) || seen.size() > MOST) {
                throw new ContentException.Corrupt("the pages of " + first + " form a cycle");
            }
            try {
                return fetch(page);
            } catch (JacksonException e) {
                throw new ContentException.Corrupt("the answer to " + page + " is not the expected JSON: "
                        + Printable.shortened(e.getOriginalMessage()));
            } catch (ContentException.NotFound | ContentException.Unsupported e) {
                if (seen.size() == 1) {
                    throw e;
                }
                throw new ContentException.Corrupt(
                        "page " + seen.size() + " of the list is missing: " + e.getMessage());
            }
        }

        private P fetch(Request page) {
            return registry.ask(page, response -> {
                P read = reader.read(new BoundedInput(response.body(), LARGEST));
                Optional<String> link = link(page, response.headers());
                isLinked |= link.isPresent();
                next = isLinked
                        ? link.map(target -> resolved(page, target))
                                .filter(uri -> !TO_THE_BEGINNING
                                        .matcher(String.valueOf(uri.getRawQuery()))
                                        .matches())
                                .map(page::withUri)
                        : unlinked.after(read).map(more -> first.withUri(URI.create(first.uri() + more)));
                return read;
            });
        }
    }

    private static Optional<String> link(Request page, Headers headers) {
        try {
            return LinkHeader.next(headers.all("Link"));
        } catch (IllegalArgumentException e) {
            throw new ContentException.Corrupt("the Link header in the answer to " + page
                    + " cannot be parsed, so the list may continue: "
                    + Printable.shortened(String.join(", ", headers.all("Link"))));
        }
    }

    private static URI resolved(Request page, String link) {
        if (link.length() > LONGEST_LINK) {
            throw new ContentException.Corrupt(
                    "the address of the next page of " + page + " is longer than " + LONGEST_LINK + " characters");
        }
        try {
            URI next = Addresses.resolve(page.uri(), link);
            if (next.getHost() != null && Addresses.host(next).equals(Addresses.host(page.uri()))) {
                // A registry behind a TLS proxy may not know its own scheme; a wrong scheme must not cause a fetch in
                // plain text or from another port.
                URI own = page.uri();
                return new URI(own.getScheme() + "://" + own.getRawAuthority() + next.getRawPath()
                        + (next.getRawQuery() == null ? "" : "?" + next.getRawQuery()));
            }
        } catch (IllegalArgumentException | java.net.URISyntaxException e) {
            // Rejected below like a link to another host.
        }
        throw new ContentException.Corrupt("the next page of " + page + " is outside its registry");
    }
}
