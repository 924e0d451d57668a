package gcrsync.registry;

import gcrsync.content.ContentException;
import gcrsync.content.Listing;
import gcrsync.content.Listing.ListedRepository;
import gcrsync.content.Listing.ListedTag;
import gcrsync.http.Request;
import gcrsync.oci.Digest;
import gcrsync.oci.Printable;
import gcrsync.oci.RepositoryName;
import gcrsync.oci.Tag;
import gcrsync.tasks.Tasks;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * Lists the repositories below a namespace and their tags. gcr.io and Artifact Registry name the children and digests
 * of each repository in its {@code tags/list}, so one request per repository says everything; elsewhere the catalog is
 * read and filtered by prefix.
 */
public final class NamespaceListing {
    /** gcr.io puts everything in one page when asked so. */
    private static final int GCR_PAGE = 10_000;
    /** distribution refuses more than this for a catalog page, and from 3.0 on for tags too. */
    private static final int PAGE = 1000;
    /** Deeper than any name of 255 characters that means something; a registry that goes on is going in circles. */
    private static final int DEEPEST = 32;

    /** Far above any namespace (Docker Hub's largest has some thousands): a registry that goes on makes them up. */
    private static final int MOST = 100_000;

    private final RemoteRegistry registry;
    private final RepositoryName namespace;
    private final int requestsInFlight;
    private final Map<RepositoryName, ListedRepository> found = new ConcurrentHashMap<>();
    private final Collection<String> invalid = new ConcurrentLinkedQueue<>();
    private final AtomicInteger rejected = new AtomicInteger();
    private final Collection<Listing.Failure> failures = new ConcurrentLinkedQueue<>();

    NamespaceListing(RemoteRegistry registry, RepositoryName namespace, int requestsInFlight) {
        this.registry = registry;
        this.namespace = namespace;
        this.requestsInFlight = requestsInFlight;
    }

    /**
     * @throws ContentException if the namespace itself cannot be listed, or is not there; a repository in it that cannot
     *     be listed is among the failures
     */
    public Listing list() {
        Optional<ListingPage> root = root();
        if (root.isPresent() && root.get().children().isPresent()) {
            walk(namespace, root.get().children().get());
            add(namespace, root.get());
        } else {
            try {
                readCatalog();
            } catch (ContentException.Denied e) {
                throw new ContentException.Denied(
                        e.getMessage() + registry.quirks().advice(Quirks.Trait.NEEDS_REALM),
                        e.areCredentialsRefused(),
                        e.refusedUser());
            }
        }
        return new Listing(
                found.values().stream()
                        .sorted(Comparator.comparing(ListedRepository::name))
                        .toList(),
                invalid.stream().sorted().toList(),
                failures.stream()
                        .sorted(Comparator.comparing(Listing.Failure::repository))
                        .toList());
    }

    private Optional<ListingPage> root() {
        try {
            return Optional.of(page(namespace, GCR_PAGE));
        } catch (ContentException.NotFound | ContentException.Denied | ContentException.Unsupported e) {
            return Optional.empty(); // Not a repository here; whether it is a namespace, the catalog tells.
        }
    }

    private void walk(RepositoryName parent, List<String> children) {
        Set<RepositoryName> asked = ConcurrentHashMap.newKeySet();
        asked.add(parent);
        List<RepositoryName> level = resolved(parent, children, asked);
        for (int depth = 0; !level.isEmpty() && depth < DEEPEST; depth++) {
            if (asked.size() > MOST) {
                throw tooMany();
            }
            Collection<RepositoryName> below = new ConcurrentLinkedQueue<>();
            Tasks.forEach(level, requestsInFlight, name -> {
                try {
                    ListingPage page = page(name, GCR_PAGE);
                    add(name, page);
                    page.children().ifPresent(names -> below.addAll(resolved(name, names, asked)));
                } catch (RuntimeException e) {
                    failures.add(new Listing.Failure(name, ContentException.of(e)));
                }
            });
            level = List.copyOf(below);
        }
    }

    private List<RepositoryName> resolved(RepositoryName parent, List<String> children, Set<RepositoryName> asked) {
        List<RepositoryName> names = new ArrayList<>();
        for (String child : new TreeSet<>(children)) {
            String name = parent + "/" + child;
            if (!RepositoryName.isValid(name)) {
                reject(name);
            } else if (asked.size() <= MOST && asked.add(new RepositoryName(name))) {
                names.add(new RepositoryName(name));
            }
        }
        return names;
    }

    private void readCatalog() {
        if (registry.quirks().has(Quirks.Trait.NO_CATALOG)) {
            throw new ContentException.Unsupported(registry.host() + " does not list the repositories of " + namespace
                    + registry.quirks().advice(Quirks.Trait.NO_CATALOG));
        }
        Set<RepositoryName> names = new TreeSet<>();
        String prefix = namespace + "/";
        (registry.quirks().has(Quirks.Trait.HUB_API) ? hubNames() : catalogNames())
                .filter(name -> name.startsWith(prefix))
                .forEach(name -> {
                    if (!RepositoryName.isValid(name)) {
                        reject(name);
                    } else if (names.add(new RepositoryName(name)) && names.size() > MOST) {
                        throw tooMany();
                    }
                });
        if (names.isEmpty() && invalid.isEmpty()) {
            throw new ContentException.NotFound("no repository of " + registry.host() + " begins with " + prefix
                    + "; check --namespace" + registry.quirks().advice(Quirks.Trait.CATALOG_OF_OWN));
        }
        Tasks.forEach(List.copyOf(names), requestsInFlight, name -> {
            try {
                add(name, page(name, PAGE));
            } catch (ContentException.NotFound e) {
                // A catalog also names repositories whose last tag was deleted.
                found.put(name, new ListedRepository(name, List.of()));
            } catch (RuntimeException e) {
                failures.add(new Listing.Failure(name, ContentException.of(e)));
            }
        });
    }

    private Stream<String> catalogNames() {
        Request first = Request.get(registry.uri("/v2/_catalog?n=" + PAGE)).withScopes(List.of(Scopes.CATALOG));
        return new Pages(registry, first).entries(in -> ListingPage.read(in).repositories());
    }

    private Stream<String> hubNames() {
        URI api = registry.host().equals("docker.io") ? URI.create("https://hub.docker.com") : registry.uri("/");
        return new HubNames(registry, api).of(namespace, MOST).stream().map(name -> namespace + "/" + name);
    }

    /** All pages of a repository's listing as one. */
    private ListingPage page(RepositoryName name, int size) {
        Request first = Request.get(registry.uri("/v2/" + name + "/tags/list?n=" + size))
                .with("Accept", "application/json")
                .withScopes(List.of(Scopes.pull(name)));
        List<String> tags = new ArrayList<>();
        List<String> children = new ArrayList<>();
        Map<String, Digest> digests = new HashMap<>();
        boolean[] listsChildren = {false};
        new Pages(registry, first).entries(in -> List.of(ListingPage.read(in))).forEach(page -> {
            tags.addAll(page.tags());
            digests.putAll(page.digests());
            page.children().ifPresent(names -> {
                children.addAll(names);
                listsChildren[0] = true;
            });
            if (Math.max(tags.size(), Math.max(digests.size(), children.size())) > ListingPage.MOST) {
                throw new ContentException.Corrupt(
                        name + " has more than " + ListingPage.MOST + " tags or repositories below it");
            }
        });
        return new ListingPage(tags, List.of(), listsChildren[0] ? Optional.of(children) : Optional.empty(), digests);
    }

    private void add(RepositoryName name, ListingPage page) {
        Set<String> tags = new TreeSet<>(page.tags());
        tags.addAll(page.digests().keySet());
        List<ListedTag> valid = new ArrayList<>(tags.size());
        for (String tag : tags) {
            if (Tag.isValid(tag)) {
                valid.add(new ListedTag(tag, Optional.ofNullable(page.digests().get(tag))));
            } else {
                reject(name + ":" + tag);
            }
        }
        found.put(name, new ListedRepository(name, valid));
    }

    private void reject(String name) {
        if (rejected.getAndIncrement() < MOST) {
            invalid.add(Printable.shortened(name));
        }
    }

    private ContentException tooMany() {
        return new ContentException.Corrupt(
                registry.host() + " lists more than " + MOST + " repositories below " + namespace);
    }
}
