package io.github.gcrsync.git;

import io.github.gcrsync.git.transport.GivenCredential;
import io.github.gcrsync.git.transport.GuardedConnections;
import io.github.gcrsync.git.transport.Location;
import io.github.gcrsync.git.transport.SystemSsh;
import io.github.gcrsync.http.RefusedException;
import io.github.gcrsync.ledger.LedgerException;
import io.github.gcrsync.text.Printable;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.eclipse.jgit.errors.NoRemoteRepositoryException;
import org.eclipse.jgit.errors.NotSupportedException;
import org.eclipse.jgit.errors.TransportException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.NullProgressMonitor;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.RefUpdate;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.transport.FetchConnection;
import org.eclipse.jgit.transport.PackLock;
import org.eclipse.jgit.transport.PushResult;
import org.eclipse.jgit.transport.RefSpec;
import org.eclipse.jgit.transport.RemoteRefUpdate;
import org.eclipse.jgit.transport.SshTransport;
import org.eclipse.jgit.transport.Transport;
import org.eclipse.jgit.transport.TransportHttp;
import org.eclipse.jgit.transport.URIish;

/** A shared repository: fetches one branch and pushes it forward, never by force. */
final class Remote {
    private static final String HEADS = Constants.R_HEADS;

    private static final Pattern RACE = Pattern.compile(
            "(failed|unable|cannot) (to )?(lock|update ref)|lock error|fetch first|stale info|non-fast.forward"
                    + "|reference already exists|incorrect old value|but expected",
            Pattern.CASE_INSENSITIVE);

    /** JGit's message for a line with a 256-bit object name. */
    private static final Pattern OF_SHA256 = Pattern.compile("'[0-9a-f]{64} ");

    private final URIish url;
    private final Optional<Location.Credential> credential;
    private final Duration timeout;
    private final io.github.gcrsync.http.Transport http;

    /** @param http for https and http URLs */
    Remote(
            URIish url,
            Optional<Location.Credential> credential,
            Duration timeout,
            io.github.gcrsync.http.Transport http) {
        this.url = url;
        this.credential = credential;
        this.timeout = timeout;
        this.http = http;
    }

    /**
     * The result of a fetch. Both ids are {@link ObjectId#zeroId} for a missing branch.
     *
     * @param isEmpty whether the repository has no branch at all
     * @param known the branch's tip at the last fetch
     * @param tip the branch's tip now
     */
    record Fetched(boolean isEmpty, String branch, ObjectId known, ObjectId tip) {}

    /** The result of a push. */
    sealed interface PushOutcome {
        record Done() implements PushOutcome {}

        /** The remote has moved, or another push is in progress. */
        record Behind(String reason) implements PushOutcome {}

        /** A rule of the remote forbids it. */
        record Forbidden(String reason) implements PushOutcome {}
    }

    /** Returns the local ref that remembers the tip of the remote's branch. */
    static String tracking(String branch) {
        return Constants.R_REMOTES + "origin/" + branch;
    }

    /**
     * @param branch default: the remote's default branch
     * @param otherwise the branch if the remote has no default
     */
    Fetched fetch(Repository into, Optional<String> branch, String otherwise) throws IOException {
        try (GuardedConnections connections = new GuardedConnections(url, http);
                Transport transport = open(into, connections);
                FetchConnection connection = transport.openFetch(
                        List.of(new RefSpec(HEADS + "*:" + Constants.R_REMOTES + "origin/*")), Constants.HEAD)) {
            String name = branch.orElseGet(() -> defaultBranch(connection, otherwise));
            Ref ref = connection.getRef(HEADS + name);
            ObjectId remembered = into.resolve(tracking(name));
            ObjectId known = remembered == null ? ObjectId.zeroId() : remembered;
            boolean empty = connection.getRefs().isEmpty();
            if (ref == null || ref.getObjectId() == null) {
                return new Fetched(empty, name, known, ObjectId.zeroId());
            }
            ObjectId tip = ref.getObjectId();
            if (!tip.equals(known)) {
                take(connection, ref);
                remember(into, name, tip);
            }
            return new Fetched(empty, name, known, tip);
        } catch (IOException e) {
            throw failure("fetch from", e);
        }
    }

    PushOutcome push(Repository from, ObjectId commit, String branch, ObjectId expected) throws IOException {
        try (GuardedConnections connections = new GuardedConnections(url, http);
                Transport transport = open(from, connections)) {
            RemoteRefUpdate update =
                    new RemoteRefUpdate(from, commit.name(), commit, HEADS + branch, false, tracking(branch), expected);
            PushResult result = transport.push(NullProgressMonitor.INSTANCE, List.of(update));
            return outcome(update, Printable.shortened(result.getMessages().strip()));
        } catch (IOException e) {
            throw failure("push to", e);
        }
    }

    @Override
    public String toString() {
        return url.toString();
    }

    private PushOutcome outcome(RemoteRefUpdate update, String messages) {
        String said = redacted(update.getMessage() == null ? "" : Printable.shortened(update.getMessage()));
        String reason = said.isEmpty() ? messages : messages.isEmpty() ? said : said + " (" + redacted(messages) + ")";
        return switch (update.getStatus()) {
            case OK, UP_TO_DATE -> new PushOutcome.Done();
            case REJECTED_NONFASTFORWARD, REJECTED_REMOTE_CHANGED -> new PushOutcome.Behind("it has moved");
            case REJECTED_OTHER_REASON, NON_EXISTING, REJECTED_NODELETE, NOT_ATTEMPTED, AWAITING_REPORT ->
                isRace(said) ? new PushOutcome.Behind(reason) : new PushOutcome.Forbidden(reason);
        };
    }

    /**
     * Matches what git, JGit and hosting services report when two pushes collide; refusals by hooks or rules differ.
     */
    private static boolean isRace(String said) {
        return RACE.matcher(said).find();
    }

    private Transport open(Repository repository, GuardedConnections connections)
            throws TransportException, NotSupportedException {
        Transport transport = Transport.open(repository, url);
        transport.setTimeout((int) Math.max(1, timeout.toSeconds()));
        transport.setCheckFetchedObjects(false);
        transport.setCredentialsProvider(new GivenCredential(url, credential));
        switch (transport) {
            case TransportHttp smart -> smart.setHttpConnectionFactory(connections);
            case SshTransport ssh -> ssh.setSshSessionFactory(new SystemSsh("ssh", timeout));
            default -> {
                // a path or git://, without credentials
            }
        }
        return transport;
    }

    private static void take(FetchConnection connection, Ref ref) throws IOException {
        connection.setPackLockMessage("gcrsync");
        try {
            connection.fetch(NullProgressMonitor.INSTANCE, List.of(ref), Set.of());
        } finally {
            Collection<PackLock> locks = connection.getPackLocks();
            for (PackLock lock : locks) {
                lock.unlock();
            }
        }
    }

    private static void remember(Repository in, String branch, ObjectId tip) throws IOException {
        RefUpdate update = in.updateRef(tracking(branch));
        update.setNewObjectId(tip);
        update.setForceUpdate(true);
        update.setRefLogMessage("gcrsync: fetch", false);
        RefUpdate.Result result = update.update();
        switch (result) {
            case NEW, FORCED, FAST_FORWARD, NO_CHANGE -> {}
            default -> throw new IOException("cannot update " + update.getName() + ": " + result);
        }
    }

    /**
     * Returns the branch that the remote's HEAD points to. If that branch has no commit: a branch of the usual name,
     * which a run may have created, otherwise the one of HEAD.
     */
    private String defaultBranch(FetchConnection connection, String otherwise) {
        Ref head = connection.getRef(Constants.HEAD);
        if (head != null && head.isSymbolic() && head.getTarget().getName().startsWith(HEADS)) {
            return head.getTarget().getName().substring(HEADS.length());
        }
        for (String usual : List.of("master", "main")) {
            Ref ref = connection.getRef(HEADS + usual);
            if (ref != null && (head == null || Objects.equals(ref.getObjectId(), head.getObjectId()))) {
                return usual;
            }
        }
        Optional<String> unborn = new UnbornHead(url, credential, timeout, http).branch();
        if (unborn.isPresent()) {
            return unborn.get();
        }
        List<String> branches = connection.getRefs().stream()
                .map(Ref::getName)
                .filter(name -> name.startsWith(HEADS))
                .toList();
        return branches.size() == 1 ? branches.getFirst().substring(HEADS.length()) : otherwise;
    }

    private LedgerException failure(String doing, IOException e) throws IOException {
        if (GitFiles.isCorrupt(e)) {
            throw e;
        }
        if (OF_SHA256.matcher(reason(e)).find()) {
            return GitFiles.sha256(url.toString());
        }
        String said = redacted(Printable.shortened(reason(e).strip().replaceAll("\\s+", " ")));
        String place = "cannot " + doing + " the metadata repository " + url + ": ";
        String lower = said.toLowerCase(Locale.ROOT);
        if (lower.contains("not authorized")
                || lower.contains("not permitted")
                || lower.contains("authentication")
                || lower.contains("permission denied")
                || lower.contains("forbidden")
                || lower.contains("403")) {
            String remedy = credential.isPresent()
                    ? "check that the token is valid and may write to this repository"
                    : "give a token (--githubtoken or GCRSYNC_GITHUBTOKEN) or, for ssh, a key";
            return new LedgerException(LedgerException.Kind.REFUSED, place + said, remedy);
        }
        String remedy = e instanceof NoRemoteRepositoryException
                ? "create it first, or check its name and the token's permissions"
                : "check the address, the network and the proxy";
        return new LedgerException(LedgerException.Kind.UNREACHABLE, place + said, remedy);
    }

    /** JGit only reports a failure; the cause of a proxy's or a certificate's refusal says why. */
    private static String reason(IOException e) {
        for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof RefusedException) {
                return String.valueOf(cause.getMessage());
            }
        }
        return String.valueOf(e.getMessage());
    }

    /** A server may echo the credentials it received. */
    private String redacted(String text) {
        return credential
                .map(c -> c.password().isEmpty() ? text : text.replace(c.password(), "***"))
                .orElse(text);
    }
}
