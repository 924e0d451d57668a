package gcrsync.registry;

import gcrsync.content.ContentException;
import gcrsync.http.Addresses;
import gcrsync.http.Request;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** A listing in pages, each naming the next one in its {@code Link} header ("Content Discovery"). */
final class Pages {
    /** More would be a registry going in circles; at 100 entries a page this is a million entries. */
    private static final int MOST = 10_000;
    /** What one page may take; gcr.io lists all digests of a repository in a single one. */
    private static final long LARGEST = 64L << 20;

    /** Many times a name with its tag; all of them are remembered until the last page. */
    private static final int LONGEST_LINK = 4096;

    private final RemoteRegistry registry;
    private final Request first;

    @FunctionalInterface
    interface PageReader<T> {
        List<T> read(InputStream page) throws IOException;
    }

    Pages(RemoteRegistry registry, Request first) {
        this.registry = registry;
        this.first = first;
    }

    /** The entries of all pages; pages are fetched as the stream is read. */
    <T> Stream<T> entries(PageReader<T> reader) {
        return StreamSupport.stream(
                Spliterators.spliteratorUnknownSize(new Entries<>(reader), Spliterator.ORDERED), false);
    }

    private final class Entries<T> implements Iterator<T> {
        private final PageReader<T> reader;
        private final Set<URI> seen = new HashSet<>();
        private final Deque<T> ready = new ArrayDeque<>();
        private Optional<Request> next = Optional.of(first);

        Entries(PageReader<T> reader) {
            this.reader = reader;
        }

        @Override
        public boolean hasNext() {
            while (ready.isEmpty() && next.isPresent()) {
                fetch(next.get());
            }
            return !ready.isEmpty();
        }

        @Override
        public T next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            return ready.remove();
        }

        private void fetch(Request page) {
            if (!seen.add(page.uri()) || seen.size() > MOST) {
                throw new ContentException.Corrupt("the pages of " + first + " go in circles");
            }
            try {
                ready.addAll(registry.ask(page, response -> {
                    List<T> entries = reader.read(new BoundedInput(response.body(), LARGEST));
                    next = response.headers().all("Link").stream()
                            .map(LinkHeader::next)
                            .flatMap(Optional::stream)
                            .findFirst()
                            .map(link -> page.withUri(resolved(page, link)));
                    return entries;
                }));
            } catch (tools.jackson.core.JacksonException e) {
                throw new ContentException.Corrupt("the answer to " + page + " is not the JSON it should be: "
                        + gcrsync.oci.Printable.shortened(e.getOriginalMessage()));
            }
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
                // A registry behind a TLS proxy may not know its own scheme; a page is never fetched in the clear
                // because of that, nor from another port.
                URI own = page.uri();
                return new URI(own.getScheme() + "://" + own.getRawAuthority() + next.getRawPath()
                        + (next.getRawQuery() == null ? "" : "?" + next.getRawQuery()));
            }
        } catch (IllegalArgumentException | java.net.URISyntaxException e) {
            // Refused below with the same words as a link that leads elsewhere.
        }
        throw new ContentException.Corrupt("the next page of " + page + " lies outside of its registry");
    }
}
