package io.github.gcrsync.http.client;

import io.github.gcrsync.http.Addresses;
import io.github.gcrsync.http.tls.ReadAheadSocket;
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

/** Routes requests through the configured proxy, through one of the environment, or directly. */
final class Routes extends DefaultRoutePlanner {
    private final Optional<Proxy> configured;
    private final Map<String, String> environment;
    /** Cached by scheme, host and port, because every request asks several times. */
    private final Map<String, Optional<Proxy>> found = new ConcurrentHashMap<>();
    /** Finds a used proxy, with its password, by the address for which a socket is created. */
    private final Map<SocketAddress, Proxy> socksProxies = new ConcurrentHashMap<>();

    Routes(Optional<Proxy> configured, Map<String, String> environment) {
        super(null);
        this.configured = configured;
        this.environment = environment;
    }

    Optional<Proxy> proxyFor(URI uri) {
        return proxyFor(uri.getScheme() + "://" + Addresses.authority(uri));
    }

    private Optional<Proxy> proxyFor(String origin) {
        return found.computeIfAbsent(origin, text -> find(URI.create(text)));
    }

    private Optional<Proxy> find(URI uri) {
        if (configured.isPresent()) {
            return configured.filter(proxy -> !Proxy.isExempt(environment, uri));
        }
        return Proxy.fromEnvironment(environment, uri);
    }

    /** Returns the SOCKS proxy for a target, or null. SOCKS works below HTTP: only the socket uses the proxy. */
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

    /** Creates an unconnected socket; without a SOCKS proxy the argument is null. */
    Socket socket(java.net.@Nullable Proxy socks) {
        Proxy proxy = socks == null ? null : socksProxies.get(socks.address());
        return proxy == null ? new ReadAheadSocket() : new SocksSocket(proxy);
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
     * Resolves names locally, except those that a SOCKS proxy resolves: behind one, local DNS often does not know them.
     * The resolver is not told whether a name is for HTTP or HTTPS, which may be routed differently.
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
