package io.github.gcrsync.registry;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Listing;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.tasks.Tasks;
import io.github.gcrsync.text.Message;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lists the repositories below a namespace and their tags. gcr.io and Artifact Registry include the children and
 * digests of each repository in its {@code tags/list}, so one request per repository is enough; for other registries
 * the catalog is read and filtered by prefix.
 */
final class NamespaceListing {
    private static final Logger LOG = LoggerFactory.getLogger(NamespaceListing.class);

    /** Deeper than any sensible name of 255 characters; a deeper registry has a cycle. */
    private static final int DEEPEST = 32;

    /** Far above any real namespace (Docker Hub's largest has some thousands); a registry with more invents them. */
    private static final int MOST = 100_000;

    private final RemoteRegistry registry;
    private final RepositoryName namespace;
    private final int requestsInFlight;
    private final TagLists lists;

    NamespaceListing(
            RemoteRegistry registry, RepositoryName namespace, int requestsInFlight, Predicate<RepositoryName> wanted) {
        this.registry = registry;
        this.namespace = namespace;
        this.requestsInFlight = requestsInFlight;
        this.lists = new TagLists(registry, wanted);
    }

    /**
     * Lists everything below the namespace, and the namespace itself if it is a repository.
     *
     * @throws ContentException if the namespace cannot be listed or does not exist; repositories that cannot be listed
     *     are among the failures
     */
    public Listing list() {
        Probe probe = probe();
        try {
            if (!walked(probe)) {
                readCatalog(probe);
            }
        } catch (ContentException.NotFound | ContentException.Unsupported | ContentException.Denied e) {
            // The namespace may still be a repository, even if others cannot be listed.
            probe.refusal().ifPresent(refusal -> {
                throw refusal;
            });
            lists.add(namespace, probe.page().filter(ListingPage::hasTags).orElseThrow(() -> advised(e)));
            if (e instanceof ContentException.Denied) {
                LOG.warn(
                        "only the repository {} is read; the repositories below it cannot be listed: {}",
                        namespace,
                        e.getMessage());
            }
        }
        return lists.listing(name -> true);
    }

    /**
     * Lists everything below the namespace, without the namespace itself.
     *
     * @throws ContentException if the repositories below cannot be listed
     */
    public Listing below() {
        Probe probe = probe();
        try {
            if (!walked(probe)) {
                readCatalog(Probe.NO_REPOSITORY);
            }
        } catch (ContentException.Denied e) {
            throw advised(e);
        }
        return lists.listing(name -> name.isUnder(namespace));
    }

    private ContentException advised(ContentException e) {
        return e instanceof ContentException.Denied denied
                ? denied.and(registry.quirks().advice(Quirks.Trait.NEEDS_REALM))
                : e;
    }

    /**
     * The result of reading the namespace as a repository.
     *
     * @param refusal the failure of a read that leaves open whether it is a repository
     */
    private record Probe(Optional<ListingPage> page, Optional<ContentException> refusal) {
        static final Probe NO_REPOSITORY = new Probe(Optional.empty(), Optional.empty());
    }

    /**
     * Some registries refuse so large a page (distribution 3.1, github.com/distribution/distribution/issues/4844) or
     * fail (serverless-registry), and proxies answer with a login page: then retries with the usual page size.
     */
    private Probe probe() {
        Iterator<ListingPage> pages = lists.pages(namespace, TagLists.GCR_PAGE);
        try {
            boolean ignored = pages.hasNext(); // The first page shows whether there is a listing.
        } catch (ContentException.NotFound | ContentException.Denied e) {
            return Probe.NO_REPOSITORY;
        } catch (ContentException e) {
            if (e instanceof ContentException.RateLimited || e.getCause() instanceof IOException) {
                throw e; // Another page size would not help.
            }
            return usualProbe();
        }
        return new Probe(Optional.of(ListingPage.merged(namespace, pages)), Optional.empty());
    }

    private Probe usualProbe() {
        try {
            return new Probe(Optional.of(lists.page(namespace, TagLists.PAGE)), Optional.empty());
        } catch (ContentException.NotFound | ContentException.Denied e) {
            return Probe.NO_REPOSITORY;
        } catch (ContentException e) {
            return new Probe(Optional.empty(), Optional.of(e));
        }
    }

    /** Returns false if the registry does not list child repositories. */
    private boolean walked(Probe probe) {
        Optional<List<String>> children = probe.page().flatMap(ListingPage::children);
        children.ifPresent(names -> {
            walk(namespace, names);
            lists.add(namespace, probe.page().get());
        });
        return children.isPresent();
    }

    private void walk(RepositoryName parent, List<String> children) {
        Set<RepositoryName> requested = ConcurrentHashMap.newKeySet();
        requested.add(parent);
        List<RepositoryName> level = resolved(parent, children, requested);
        for (int depth = 0; !level.isEmpty() && depth < DEEPEST; depth++) {
            if (requested.size() > MOST) {
                throw tooMany();
            }
            Collection<RepositoryName> below = new ConcurrentLinkedQueue<>();
            Tasks.forEach(level, requestsInFlight, name -> {
                try {
                    ListingPage page = lists.page(name, TagLists.GCR_PAGE);
                    lists.add(name, page);
                    page.children().ifPresent(names -> below.addAll(resolved(name, names, requested)));
                } catch (RuntimeException e) {
                    lists.fail(name, ContentException.of(e));
                }
            });
            level = List.copyOf(below);
        }
    }

    private List<RepositoryName> resolved(RepositoryName parent, List<String> children, Set<RepositoryName> requested) {
        List<RepositoryName> names = new ArrayList<>();
        for (String child : new TreeSet<>(children)) {
            String name = parent + "/" + child;
            if (!RepositoryName.isValid(name)) {
                lists.reject(name);
            } else if (requested.size() <= MOST && requested.add(new RepositoryName(name))) {
                names.add(new RepositoryName(name));
            }
        }
        return names;
    }

    private void readCatalog(Probe probe) {
        if (registry.quirks().has(Quirks.Trait.NO_CATALOG)) {
            throw new ContentException.Unsupported(
                    Message.of(registry.host() + " does not list the repositories of " + namespace)
                            .and(registry.quirks().advice(Quirks.Trait.NO_CATALOG))
                            .and(Optional.of("name one repository with --namespace")));
        }
        String prefix = namespace + "/";
        Set<RepositoryName> names =
                lists.valid((registry.quirks().has(Quirks.Trait.HUB_API) ? hubNames() : lists.catalogNames())
                        .filter(name -> name.startsWith(prefix) || name.equals(namespace.value())));
        probe.page().filter(ListingPage::hasTags).ifPresent(page -> {
            names.remove(namespace);
            lists.add(namespace, page);
        });
        if (names.isEmpty() && lists.isEmpty()) {
            throw new ContentException.NotFound(
                    Message.of("no repository of " + registry.host() + " begins with " + prefix, "check --namespace")
                            .and(registry.quirks().advice(Quirks.Trait.CATALOG_OF_OWN)));
        }
        lists.read(names, TagLists.Missing.IS_EMPTY, requestsInFlight);
    }

    private Stream<String> hubNames() {
        if (namespace.value().contains("/")) {
            return Stream.empty(); // Docker Hub has no levels below a user's repositories.
        }
        return new HubNames(registry, registry.hubSite())
                .of(namespace, MOST).stream().map(name -> namespace + "/" + name);
    }

    private ContentException tooMany() {
        return new ContentException.Corrupt(
                registry.host() + " lists more than " + MOST + " repositories below " + namespace);
    }
}
