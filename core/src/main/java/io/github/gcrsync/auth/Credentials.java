package io.github.gcrsync.auth;

import io.github.gcrsync.oci.Reference;
import java.util.Optional;

/** Finds the credential for a registry. */
@FunctionalInterface
public interface Credentials {
    Credentials NONE = (registry, repository) -> Optional.empty();

    /**
     * @param registry {@code host[:port]}; Docker Hub is docker.io
     * @param repository the repository's name, because credentials can be stored per path; may be empty
     */
    Optional<Credential> find(String registry, String repository);

    /** One credential for one registry. */
    static Credentials of(String registry, Credential credential) {
        String known = Reference.canonicalHost(registry);
        return (asked, repository) ->
                Reference.canonicalHost(asked).equals(known) ? Optional.of(credential) : Optional.empty();
    }

    default Credentials orElse(Credentials other) {
        return (registry, repository) -> find(registry, repository).or(() -> other.find(registry, repository));
    }
}
