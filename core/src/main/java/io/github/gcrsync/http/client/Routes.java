package io.github.gcrsync.http.client;

import io.github.gcrsync.http.Addresses;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.apache.hc.client5.http.impl.routing.DefaultRoutePlanner;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/** Which way requests go: through the proxy that was given, through one that the environment names, or directly. */
final class Routes extends DefaultRoutePlanner {
    private final Optional<Proxy> given;
    private final Map<String, String> environment;
    /** By scheme, host and port; every request asks several times. */
    private final Map<String, Optional<Proxy>> found = new ConcurrentHashMap<>();
    /** Those that were met: a socket is made for an address, without its password. */
    private final Map<SocketAddress, Proxy> socksProxies = new ConcurrentHashMap<>();

    Routes(Optional<Proxy> given, Map<String, String> environment) {
        super(null);
        this.given = given;
        this.environment = environment;
    }

    Optional<Proxy> proxyFor(URI uri) {
        return proxyFor(uri.getScheme() + "://" + Addresses.authority(uri));
    }

    private Optional<Proxy> proxyFor(String origin) {
        return found.computeIfAbsent(origin, text -> find(URI.create(text)));
    }

    private Optional<Proxy> find(URI uri) {
        if (given.isPresent()) {
            return given.filter(proxy -> !Proxy.isExempt(environment, uri));
        }
        return Proxy.fromEnvironment(environment, uri);
    }

    /** A SOCKS proxy works below HTTP: the socket goes through it, and HTTP knows nothing of it. */
    @Nullable
    InetSocketAddress socksFor(HttpHost target) {
        Optional<Proxy> proxy = proxyFor(target.toURI()).filter(Proxy::socks);
        if (proxy.isEmpty()) {
            return null;
        }
        InetSocketAddress address =
                new InetSocketAddress(proxy.get().host(), proxy.get().port());
        socksProxies.put(address, proxy.get());
        return address;
    }

    /** The socket of a connection, not connected yet; null stands for no SOCKS proxy. */
    Socket socket(java.net.@Nullable Proxy socks) {
        Proxy proxy = socks == null ? null : socksProxies.get(socks.address());
        return proxy == null ? new Socket() : new SocksSocket(proxy);
    }

    @Override
    protected @Nullable HttpHost determineProxy(HttpHost target, HttpContext context) {
        return proxyFor(target.toURI())
                .filter(proxy -> !proxy.socks())
                .map(Routes::address)
                .orElse(null);
    }

    static HttpHost address(Proxy proxy) {
        return new HttpHost(proxy.scheme(), proxy.host(), proxy.port());
    }

    /**
     * Looks names up here, except those that a SOCKS proxy looks up itself: behind one, often nobody else can. Whether the
     * name is for HTTP or HTTPS is not said, and the two may go different ways.
     */
    final class Names extends SystemDefaultDnsResolver {
        @Override
        public List<InetSocketAddress> resolve(String host, int port) throws UnknownHostException {
            boolean byHttps = socksFor(new HttpHost("https", host, port)) != null;
            boolean byHttp = socksFor(new HttpHost("http", host, port)) != null;
            if (byHttps && byHttp) {
                return List.of(InetSocketAddress.createUnresolved(host, port));
            }
            try {
                return super.resolve(host, port);
            } catch (UnknownHostException e) {
                if (byHttps || byHttp) {
                    return List.of(InetSocketAddress.createUnresolved(host, port));
                }
                throw e;
            }
        }
    }
}
