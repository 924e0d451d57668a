package io.github.gcrsync.mirror;

import io.github.gcrsync.content.Listing;
import io.github.gcrsync.content.Listing.ListedRepository;
import io.github.gcrsync.content.Repository;
import io.github.gcrsync.content.Store;
import io.github.gcrsync.content.TagDetails;
import io.github.gcrsync.oci.RepositoryName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A source of several mirrors of one shard: what one of them has listed is not listed again for the next one.
 */
public final class ListedOnce implements Store {
    private final Store source;
    private final Map<RepositoryName, ListedRepository> named = new HashMap<>();
    private @Nullable Listing all;

    public ListedOnce(Store source) {
        this.source = source;
    }

    @Override
    public synchronized Listing list(Predicate<RepositoryName> wanted) {
        Listing known = all;
        if (known == null) {
            known = source.list(wanted);
            all = known;
            known.repositories().forEach(repository -> named.put(repository.name(), repository));
        }
        return known;
    }

    @Override
    public synchronized Listing list(Collection<RepositoryName> names) {
        List<RepositoryName> unknown =
                names.stream().filter(name -> !named.containsKey(name)).toList();
        Listing listed = unknown.isEmpty() ? new Listing(List.of(), List.of(), List.of()) : source.list(unknown);
        List<ListedRepository> found = new ArrayList<>(listed.repositories());
        names.stream()
                .flatMap(name -> Optional.ofNullable(named.get(name)).stream())
                .forEach(found::add);
        listed.repositories().forEach(repository -> named.put(repository.name(), repository));
        return new Listing(found, listed.invalid(), listed.failures());
    }

    @Override
    public Repository repository(RepositoryName name) {
        return source.repository(name);
    }

    @Override
    public Optional<Listing> below() {
        return source.below();
    }

    @Override
    public TagDetails details(RepositoryName repository, Collection<String> tags, boolean datesNeeded) {
        return source.details(repository, tags, datesNeeded);
    }

    @Override
    public TagDetails listedDetails(RepositoryName repository, Collection<String> tags, boolean datesNeeded) {
        return source.listedDetails(repository, tags, datesNeeded);
    }

    @Override
    public TagDetails details(RepositoryName repository) {
        return source.details(repository);
    }

    @Override
    public boolean listsDigests() {
        return source.listsDigests();
    }

    @Override
    public boolean isPart() {
        return source.isPart();
    }

    @Override
    public boolean isLocal() {
        return source.isLocal();
    }

    @Override
    public boolean answers() {
        return source.answers();
    }

    @Override
    public boolean countsPulls() {
        return source.countsPulls();
    }

    @Override
    public Optional<String> authority() {
        return source.authority();
    }
}
