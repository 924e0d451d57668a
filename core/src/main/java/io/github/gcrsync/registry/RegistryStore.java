package io.github.gcrsync.registry;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Listing;
import io.github.gcrsync.content.Location;
import io.github.gcrsync.content.Repository;
import io.github.gcrsync.content.Store;
import io.github.gcrsync.content.TagDetails;
import io.github.gcrsync.content.TagLookup;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.tasks.Tasks;
import io.github.gcrsync.text.Message;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** A registry, or a namespace in it, as a store. */
public final class RegistryStore implements Store {
    private final RemoteRegistry registry;
    private final Optional<RepositoryName> path;
    private final int requestsInFlight;
    private final DetailLists details;

    /** @param requestsInFlight most requests in flight while the store is listed */
    public RegistryStore(RemoteRegistry registry, Location.Registry location, int requestsInFlight) {
        this.registry = registry;
        this.path = location.path();
        this.requestsInFlight = requestsInFlight;
        this.details = new DetailLists(registry);
    }

    @Override
    public Repository repository(RepositoryName name) {
        return registry.repository(name);
    }

    @Override
    public Listing list(Predicate<RepositoryName> wanted) {
        return path.map(namespace ->
                        registry.namespace(namespace, requestsInFlight, wanted).list())
                .orElseGet(() -> all(wanted));
    }

    private Listing all(Predicate<RepositoryName> wanted) {
        Quirks quirks = registry.quirks();
        if (quirks.has(Quirks.Trait.NO_CATALOG) || quirks.has(Quirks.Trait.HUB_API)) {
            throw new ContentException.Unsupported(Message.of(
                    registry.host() + " does not list all its repositories",
                    "name the images, or a path in the registry: " + registry.host() + "/NAME"));
        }
        TagLists lists = new TagLists(registry, wanted);
        lists.read(lists.valid(lists.catalogNames()), TagLists.Missing.IS_EMPTY, requestsInFlight);
        return lists.listing(name -> true);
    }

    @Override
    public Listing list(Collection<RepositoryName> names) {
        TagLists lists = new TagLists(registry, name -> true);
        lists.read(names, TagLists.Missing.FAILS, requestsInFlight);
        return lists.listing(name -> true);
    }

    @Override
    public Optional<Listing> below() {
        try {
            return path.map(
                    namespace -> registry.namespace(namespace, requestsInFlight).below());
        } catch (ContentException.NotFound | ContentException.Unsupported e) {
            return Optional.empty();
        } catch (ContentException.Denied e) {
            if (e.areCredentialsRefused()) {
                throw e;
            }
            return Optional.empty();
        }
    }

    @Override
    public TagDetails details(RepositoryName repository, Collection<String> tags, boolean datesNeeded) {
        return TagLookup.resolved(
                repository(repository),
                listedDetails(repository, tags, datesNeeded),
                (unresolved, action) -> Tasks.forEach(unresolved, requestsInFlight, action));
    }

    @Override
    public TagDetails listedDetails(RepositoryName repository, Collection<String> tags, boolean datesNeeded) {
        return details.of(repository, Set.copyOf(tags), datesNeeded);
    }

    @Override
    public TagDetails details(RepositoryName repository) {
        return details.all(repository);
    }

    @Override
    public boolean listsDigests() {
        return registry.listsDigests() || registry.webApi().isPresent();
    }

    @Override
    public boolean isLocal() {
        return false;
    }

    @Override
    public boolean answers() {
        return registry.answers();
    }

    @Override
    public boolean countsPulls() {
        return registry.countsPulls();
    }

    @Override
    public Optional<String> authority() {
        return Optional.of(registry.authority());
    }
}
