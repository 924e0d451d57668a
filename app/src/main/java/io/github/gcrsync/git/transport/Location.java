package io.github.gcrsync.git.transport;

import io.github.gcrsync.ledger.LedgerException;
import io.github.gcrsync.text.Message;
import io.github.gcrsync.text.Printable;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.eclipse.jgit.transport.URIish;

/** The location of a metadata repository: a local path or a URL, with the credential separate. */
public sealed interface Location {
    Set<String> SCHEMES = Set.of("https", "http", "ssh", "git+ssh", "ssh+git", "git");

    /** The user name for tokens. GitHub, GitLab and Gitea accept any; GitHub documents this one. */
    String TOKEN_USER = "x-access-token";

    String OTHERS = "use https, ssh or a path";

    Pattern HOST = Pattern.compile("[A-Za-z0-9_\\[:][A-Za-z0-9_.:%\\[\\]-]*");
    Pattern REMOTE_HELPER = Pattern.compile("[A-Za-z0-9+.-]+::");
    Pattern SCP_LIKE = Pattern.compile("[^/:]+:[^/:].*|[^/:]+@[^/:]+:.+");

    record Local(Path path) implements Location {}

    record Remote(URIish url, Optional<Credential> credential) implements Location {
        /** Returns the URL without credentials, for messages and as the name of a cache. */
        @Override
        public String toString() {
            return url.toString();
        }
    }

    /** User name and password or token; never displayed. */
    record Credential(String user, String password) {
        @Override
        public String toString() {
            return "Credential[***]";
        }
    }

    /**
     * @throws LedgerException if the location is invalid; the message does not repeat it, since it may contain a
     *     password
     */
    static Location parse(String text, Optional<String> token) {
        try {
            if (text.contains("://")) {
                URIish url = new URIish(text);
                String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
                return scheme.equals("file") ? local(url.getPath()) : remote(url, scheme, token);
            }
            if (SCP_LIKE.matcher(text).matches()) {
                return remote(new URIish(text), "ssh", token);
            }
            if (REMOTE_HELPER.matcher(text).lookingAt()) {
                throw unusable(Message.of("git remote helpers are not supported for the metadata repository", OTHERS));
            }
            return local(text);
        } catch (URISyntaxException | IllegalArgumentException e) {
            throw unusable("the location of the metadata repository is neither a git URL nor a path");
        }
    }

    /** Returns the location without credentials, for messages. */
    static String shown(String text) {
        return switch (parse(text, Optional.empty())) {
            case Local(Path path) -> path.toString();
            case Remote remote -> remote.toString();
        };
    }

    private static Location local(String path) {
        if (path.isBlank()) {
            throw unusable(Message.of("the location of the metadata repository is empty", "give a git URL or a path"));
        }
        try {
            return new Local(Path.of(path).toAbsolutePath().normalize());
        } catch (InvalidPathException e) {
            throw unusable("the location of the metadata repository is not a path: " + Printable.shortened(path));
        }
    }

    private static Location remote(URIish given, String scheme, Optional<String> token) {
        if (!SCHEMES.contains(scheme)) {
            throw unusable(Message.of(
                    "the URL scheme " + Printable.shortened(scheme) + " is not supported for the metadata repository",
                    OTHERS));
        }
        String host = given.getHost();
        if (host == null || !HOST.matcher(host).matches()) {
            throw unusable("the URL of the metadata repository has no host");
        }
        boolean http = scheme.startsWith("http");
        URIish url = http ? given.setPass(null).setUser(null) : given.setPass(null);
        Optional<Credential> credential = http ? credential(given, token) : Optional.empty();
        if (credential.isPresent() && scheme.equals("http") && !isLoopback(host)) {
            throw new LedgerException(
                    LedgerException.Kind.REFUSED,
                    "a token is not sent to " + url + " without encryption",
                    "use an https URL");
        }
        return new Remote(url, credential);
    }

    /** A credential in the URL is specific to this repository, so it overrides the token. */
    private static Optional<Credential> credential(URIish url, Optional<String> token) {
        String user = url.getUser();
        String password = url.getPass();
        if (password != null) {
            return Optional.of(new Credential(user == null ? TOKEN_USER : user, password));
        }
        return token.map(t -> new Credential(user == null ? TOKEN_USER : user, t));
    }

    static boolean isLoopback(String host) {
        String plain = host.toLowerCase(Locale.ROOT);
        return plain.equals("localhost")
                || plain.equals("::1")
                || plain.equals("[::1]")
                || plain.matches("127(\\.\\d{1,3}){3}");
    }

    private static LedgerException unusable(String message) {
        return unusable(Message.of(message));
    }

    private static LedgerException unusable(Message message) {
        return new LedgerException(LedgerException.Kind.UNUSABLE, message, null);
    }
}
