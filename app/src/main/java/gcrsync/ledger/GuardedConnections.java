package gcrsync.ledger;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.net.URL;
import java.util.Locale;
import java.util.Optional;
import org.eclipse.jgit.transport.URIish;
import org.eclipse.jgit.transport.http.HttpConnection;
import org.eclipse.jgit.transport.http.HttpConnectionFactory;
import org.eclipse.jgit.transport.http.JDKHttpConnection;

/**
 * HTTP connections that send {@code Authorization} to one origin only: JGit keeps its header when a server redirects it
 * to another host. Redirects that leave https are refused altogether.
 */
final class GuardedConnections implements HttpConnectionFactory {
    private final URIish home;
    private final Proxy proxy;

    GuardedConnections(URIish home, Optional<URI> proxy) {
        this.home = home;
        this.proxy = proxy.map(GuardedConnections::proxy).orElse(Proxy.NO_PROXY);
    }

    @Override
    public HttpConnection create(URL url) throws IOException {
        if (home.getScheme().equalsIgnoreCase("https") && !url.getProtocol().equalsIgnoreCase("https")) {
            throw new IOException("refused to follow a redirect from https to " + url.getProtocol());
        }
        return new Guarded(url, Location.isLoopback(url.getHost()) ? Proxy.NO_PROXY : proxy);
    }

    /** The settings decide about the proxy, not the process's properties. */
    @Override
    public HttpConnection create(URL url, Proxy ignored) throws IOException {
        return create(url);
    }

    /** Scheme, host and port are those of the repository's own URL. */
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

    private static Proxy proxy(URI proxy) {
        Proxy.Type type = String.valueOf(proxy.getScheme()).startsWith("socks") ? Proxy.Type.SOCKS : Proxy.Type.HTTP;
        int port = proxy.getPort() > 0 ? proxy.getPort() : type == Proxy.Type.SOCKS ? 1080 : 80;
        if (proxy.getHost() == null || proxy.getUserInfo() != null) {
            throw new LedgerException(
                    LedgerException.Kind.UNUSABLE,
                    "git goes through a proxy of the form http://host:port or socks5://host:port, without a password");
        }
        return new Proxy(type, InetSocketAddress.createUnresolved(proxy.getHost(), port));
    }

    private final class Guarded extends JDKHttpConnection {
        private final boolean trusted;

        Guarded(URL url, Proxy proxy) throws IOException {
            super(url, proxy);
            trusted = sameOrigin(home, url.getProtocol(), url.getHost(), url.getPort());
        }

        @Override
        public void setRequestProperty(String name, String value) {
            if (trusted || (!name.equalsIgnoreCase("Authorization") && !name.equalsIgnoreCase("Cookie"))) {
                super.setRequestProperty(name, value);
            }
        }
    }
}
