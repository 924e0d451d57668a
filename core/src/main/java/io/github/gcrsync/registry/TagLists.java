package io.github.gcrsync.registry;

import io.github.gcrsync.auth.Scopes;
import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Listing;
import io.github.gcrsync.content.Listing.ListedRepository;
import io.github.gcrsync.content.Listing.ListedTag;
import io.github.gcrsync.http.Request;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.oci.Tag;
import io.github.gcrsync.tasks.Tasks;
import io.github.gcrsync.text.Printable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Lists the tags of repositories, and collects them with what is invalid and what fails. */
final class TagLists {
    /** gcr.io returns everything in one page if asked for this many. */
    static final int GCR_PAGE = 10_000;
    /** distribution refuses larger catalog pages, and since 3.0 larger tag pages too. */
    static final int PAGE = 1000;

    /** Far above any real namespace (Docker Hub's largest has some thousands); a registry with more invents them. */
    static final int MOST = 100_000;

    private final RemoteRegistry registry;
    private final Predicate<RepositoryName> wanted;
    private final Set<RepositoryName> others = ConcurrentHashMap.newKeySet();
    private final Map<RepositoryName, ListedRepository> found = new ConcurrentHashMap<>();
    private final Collection<String> invalid = new ConcurrentLinkedQueue<>();
    private final AtomicInteger rejected = new AtomicInteger();
    private final Collection<Listing.Failure> failures = new ConcurrentLinkedQueue<>();

    /** @param wanted repositories; of the others only the names are kept */
    TagLists(RemoteRegistry registry, Predicate<RepositoryName> wanted) {
        this.registry = registry;
        this.wanted = wanted;
    }

    /** What to do with a repository that the registry does not know. */
    enum Missing {
        /** A catalog also lists repositories whose last tag was deleted. */
        IS_EMPTY,
        FAILS
    }

    void read(Collection<RepositoryName> names, Missing missing, int requestsInFlight) {
        Tasks.forEach(names.stream().filter(this::isWanted).toList(), requestsInFlight, name -> {
            try {
                ListingPage page = page(name);
                if (missing == Missing.FAILS && !page.hasTags()) {
                    throw new ContentException.NotFound(registry.host() + "/" + name + " has no tags");
                }
                add(name, page);
            } catch (ContentException.NotFound e) {
                if (missing == Missing.IS_EMPTY) {
                    found.put(name, new ListedRepository(name, List.of()));
                } else {
                    fail(name, e);
                }
            } catch (RuntimeException e) {
                fail(name, ContentException.of(e));
            }
        });
    }

    Stream<String> catalogNames() {
        Request first = Request.get(registry.uri("/v2/_catalog?n=" + PAGE)).withScopes(List.of(Scopes.CATALOG));
        return Pages.ofNames(registry, first).stream().flatMap(page -> page.repositories().stream());
    }

    /** Returns the valid names without duplicates, and keeps the others as invalid. */
    SortedSet<RepositoryName> valid(Stream<String> names) {
        SortedSet<RepositoryName> valid = new TreeSet<>();
        names.forEach(name -> {
            if (!RepositoryName.isValid(name)) {
                reject(name);
            } else if (valid.add(new RepositoryName(name)) && valid.size() > MOST) {
                throw new ContentException.Corrupt(registry.host() + " lists more than " + MOST + " repositories");
            }
        });
        return valid;
    }

    Iterator<ListingPage> pages(RepositoryName name, int size) {
        Request first = Request.get(registry.uri("/v2/" + name + "/tags/list?n=" + size))
                .with("Accept", "application/json")
                .withScopes(List.of(Scopes.pull(name)));
        return Pages.ofNames(registry, first).stream().iterator();
    }

    /** Merges all pages of a repository's listing, of the size that suits the registry. */
    ListingPage page(RepositoryName name) {
        return page(name, registry.listsDigests() ? GCR_PAGE : PAGE);
    }

    /** Merges all pages of a repository's listing. */
    ListingPage page(RepositoryName name, int size) {
        return ListingPage.merged(name, pages(name, size));
    }

    private boolean isWanted(RepositoryName name) {
        boolean is = wanted.test(name);
        if (!is) {
            others.add(name);
        }
        return is;
    }

    void add(RepositoryName name, ListingPage page) {
        if (page.children().isPresent()) {
            registry.setListsDigests();
        }
        if (!isWanted(name)) {
            return;
        }
        Set<String> tags = new TreeSet<>(page.tags());
        tags.addAll(page.targets().keySet());
        List<ListedTag> valid = new ArrayList<>(tags.size());
        for (String tag : tags) {
            if (Tag.isValid(tag)) {
                ListingPage.Target target = page.targets().getOrDefault(tag, ListingPage.Target.UNKNOWN);
                valid.add(new ListedTag(tag, target.digest(), target.pushed()));
            } else {
                reject(name + ":" + tag);
            }
        }
        registry.listed(name, valid.size());
        found.put(name, new ListedRepository(name, valid));
    }

    void fail(RepositoryName name, ContentException reason) {
        failures.add(new Listing.Failure(name, reason));
    }

    void reject(String name) {
        if (rejected.getAndIncrement() < MOST) {
            invalid.add(Printable.shortened(name));
        }
    }

    /** Whether nothing was found, valid or not. */
    boolean isEmpty() {
        return invalid.isEmpty() && found.isEmpty() && others.isEmpty();
    }

    Listing listing(Predicate<RepositoryName> belongs) {
        return new Listing(
                found.values().stream()
                        .filter(repository -> belongs.test(repository.name()))
                        .sorted(Comparator.comparing(ListedRepository::name))
                        .toList(),
                invalid.stream().sorted().toList(),
                failures.stream()
                        .filter(failure -> belongs.test(failure.repository()))
                        .sorted(Comparator.comparing(Listing.Failure::repository))
                        .toList(),
                others.stream().filter(belongs).sorted().toList());
    }
}
