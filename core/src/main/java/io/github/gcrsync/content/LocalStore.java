package io.github.gcrsync.content;

import io.github.gcrsync.oci.RepositoryName;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** A store on this machine, whose lists and tags cost no request. */
public interface LocalStore extends Store {
    @Override
    default Optional<Listing> below() {
        return Optional.of(list());
    }

    @Override
    default TagDetails details(RepositoryName name, Collection<String> tags, boolean datesNeeded) {
        return TagLookup.resolved(repository(name), listedDetails(name, tags, datesNeeded), List::forEach);
    }

    @Override
    default TagDetails listedDetails(RepositoryName name, Collection<String> tags, boolean datesNeeded) {
        return TagLookup.unknown(TagDetails.Way.FOLDER, tags);
    }

    @Override
    default TagDetails details(RepositoryName name) {
        return details(name, repository(name).tags().toList(), false);
    }

    @Override
    default boolean isLocal() {
        return true;
    }
}
