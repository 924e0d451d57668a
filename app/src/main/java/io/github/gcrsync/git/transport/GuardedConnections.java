package io.github.gcrsync.git.transport;

import java.io.IOException;
import java.net.Proxy;
import java.net.URL;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.eclipse.jgit.transport.URIish;
import org.eclipse.jgit.transport.http.HttpConnection;
import org.eclipse.jgit.transport.http.HttpConnectionFactory;

/**
 * HTTP connections that send {@code Authorization} to one origin only: JGit keeps the header when it follows a redirect
 * to another host. Redirects from https to another scheme are refused. Not thread-safe; {@code close} ends connections
 * that JGit left open.
 */
public final class GuardedConnections implements HttpConnectionFactory, AutoCloseable {
    private final URIish home;
    private final io.github.gcrsync.http.Transport http;
    private final List<GitConnection> made = new ArrayList<>();

    public GuardedConnections(URIish home, io.github.gcrsync.http.Transport http) {
        this.home = home;
        this.http = http;
    }

    @Override
    public HttpConnection create(URL url) throws IOException {
        if (home.getScheme().equalsIgnoreCase("https") && !url.getProtocol().equalsIgnoreCase("https")) {
            throw new IOException("refused to follow a redirect from https to " + url.getProtocol());
        }
        GitConnection connection =
                new GitConnection(url, http, sameOrigin(home, url.getProtocol(), url.getHost(), url.getPort()));
        made.add(connection);
        return connection;
    }

    /** The settings decide about the proxy, not the system properties. */
    @Override
    public HttpConnection create(URL url, Proxy ignored) throws IOException {
        return create(url);
    }

    @Override
    public void close() throws IOException {
        for (GitConnection connection : made) {
            connection.close();
        }
    }

    /** Whether scheme, host and port are those of the repository's URL. */
    static boolean sameOrigin(URIish home, String scheme, String host, int port) {
        return home.getScheme().equalsIgnoreCase(scheme)
                && bare(home.getHost()).equals(bare(host))
                && port(home.getScheme(), home.getPort()) == port(scheme, port);
    }

    private static int port(String scheme, int port) {
        return port > 0 ? port : scheme.equalsIgnoreCase("https") ? 443 : 80;
    }

    private static String bare(String host) {
        return host.toLowerCase(Locale.ROOT).replace("[", "").replace("]", "");
    }
}
