package gcrsync.git.transport;

import java.util.Optional;
import org.eclipse.jgit.transport.CredentialItem;
import org.eclipse.jgit.transport.CredentialsProvider;
import org.eclipse.jgit.transport.URIish;

/** Answers JGit's question for a user name and password, for one origin only, and never asks a person. */
public final class GivenCredential extends CredentialsProvider {
    private final URIish home;
    private final Optional<Location.Credential> credential;

    public GivenCredential(URIish home, Optional<Location.Credential> credential) {
        this.home = home;
        this.credential = credential;
    }

    @Override
    public boolean isInteractive() {
        return false;
    }

    @Override
    public boolean supports(CredentialItem... items) {
        for (CredentialItem item : items) {
            if (!(item instanceof CredentialItem.Username) && !(item instanceof CredentialItem.Password)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean get(URIish asking, CredentialItem... items) {
        if (credential.isEmpty()
                || !supports(items)
                || !GuardedConnections.sameOrigin(home, asking.getScheme(), asking.getHost(), asking.getPort())) {
            return false;
        }
        for (CredentialItem item : items) {
            switch (item) {
                case CredentialItem.Username user ->
                    user.setValue(credential.get().user());
                case CredentialItem.Password password ->
                    password.setValue(credential.get().password().toCharArray());
                default -> throw new IllegalStateException("refused above");
            }
        }
        return true;
    }
}
