package gcrsync.registry;

import gcrsync.content.ContentException;
import gcrsync.content.Listing;
import gcrsync.content.Location;
import gcrsync.content.Repository;
import gcrsync.content.Store;
import gcrsync.oci.RepositoryName;
import gcrsync.text.Message;
import java.util.Optional;

/** A registry, seen from one path in it. */
public final class RegistryStore implements Store {
    private final RemoteRegistry registry;
    private final Optional<RepositoryName> path;
    private final int requestsInFlight;

    /** @param requestsInFlight while it is listed */
    public RegistryStore(RemoteRegistry registry, Location.Registry location, int requestsInFlight) {
        this.registry = registry;
        this.path = location.path();
        this.requestsInFlight = requestsInFlight;
    }

    @Override
    public Repository repository(RepositoryName name) {
        return registry.repository(name);
    }

    @Override
    public Listing list() {
        RepositoryName namespace = path.orElseThrow(() -> new ContentException.Unsupported(
                Message.of(registry.host() + " is not listed as a whole", "name a namespace in it")));
        return registry.namespace(namespace, requestsInFlight).list();
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
