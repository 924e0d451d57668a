package io.github.gcrsync.git.transport;

import java.util.Optional;
import org.eclipse.jgit.transport.CredentialItem;
import org.eclipse.jgit.transport.URIish;
import org.eclipse.jgit.transport.UsernamePasswordCredentialsProvider;

/** Answers JGit's request for a user name and password, for one origin only, and never prompts. */
public final class GivenCredential extends UsernamePasswordCredentialsProvider {
    private final URIish home;
    private final boolean known;

    public GivenCredential(URIish home, Optional<Location.Credential> credential) {
        super(
                credential.map(Location.Credential::user).orElse(""),
                credential.map(Location.Credential::password).orElse(""));
        this.home = home;
        this.known = credential.isPresent();
    }

    @Override
    public boolean get(URIish asking, CredentialItem... items) {
        return known
                && supports(items)
                && GuardedConnections.sameOrigin(home, asking.getScheme(), asking.getHost(), asking.getPort())
                && super.get(asking, items);
    }
}
