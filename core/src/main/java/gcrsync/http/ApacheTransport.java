package gcrsync.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.impl.routing.DefaultRoutePlanner;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Apache HttpClient, classic, as the bottom of every transport: pooled keep-alive connections, nothing of its own that
 * retries, redirects, decompresses or authenticates. Why this client: docs/decisions/0002-http-client.md.
 */
public final class ApacheTransport implements Transport {
    private static final Logger LOG = LoggerFactory.getLogger(ApacheTransport.class);

    private final HttpSettings settings;
    private final CloseableHttpClient client;

    public ApacheTransport(HttpSettings settings) {
        this(settings, System.getenv());
    }

    ApacheTransport(HttpSettings settings, Map<String, String> environment) {
        this.settings = settings;
        Timeout timeout = Timeout.of(settings.timeout());
        SocketConfig.Builder socket =
                SocketConfig.custom().setTcpNoDelay(true).setSoKeepAlive(true).setSoTimeout(timeout);
        settings.proxy().filter(Proxy::socks).ifPresent(proxy -> {
            socket.setSocksProxyAddress(new InetSocketAddress(proxy.host(), proxy.port()));
        });
        var connections = PoolingHttpClientConnectionManagerBuilder.create()
                .setMaxConnPerRoute(settings.connectionsPerHost())
                .setMaxConnTotal(4 * settings.connectionsPerHost())
                .setDefaultSocketConfig(socket.build())
                .setDefaultConnectionConfig(ConnectionConfig.custom()
                        .setConnectTimeout(timeout)
                        .setSocketTimeout(timeout)
                        // A connection that rested longer may have been closed by the other side unnoticed.
                        .setValidateAfterInactivity(TimeValue.ofSeconds(2))
                        .build())
                .build();
        this.client = HttpClients.custom()
                .setConnectionManager(connections)
                .setRoutePlanner(new ProxyRoutes(settings.proxy(), environment))
                .setUserAgent(settings.userAgent())
                .disableAutomaticRetries()
                .disableRedirectHandling()
                .disableContentCompression()
                .disableCookieManagement()
                .disableAuthCaching()
                .disableConnectionState()
                .build();
    }

    @Override
    public Response send(Request request) throws IOException {
        HttpUriRequestBase message = new HttpUriRequestBase(request.method(), request.uri());
        request.headers().forEach(message::addHeader);
        Duration patience = request.answerWithin().orElse(settings.timeout());
        message.setConfig(RequestConfig.custom()
                .setResponseTimeout(Timeout.of(patience))
                .setConnectionRequestTimeout(Timeout.DISABLED)
                .setAuthenticationEnabled(false)
                .setProtocolUpgradeEnabled(false)
                .build());
        if (request.uri().getScheme().equals("http")) {
            proxyAuthorization().ifPresent(value -> message.setHeader("Proxy-Authorization", value));
        }
        if (request.body().isEmpty()) {
            return answered(request, client.executeOpen(target(request.uri()), message, null));
        }
        try (UploadEntity body = new UploadEntity(request.body().get())) {
            message.setEntity(body);
            body.watch(settings.timeout(), message::cancel);
            return answered(request, client.executeOpen(target(request.uri()), message, null));
        }
    }

    @Override
    public void close() {
        client.close(CloseMode.IMMEDIATE);
    }

    private static Response answered(Request request, ClassicHttpResponse response) {
        LOG.debug("{} -> {}", request, response.getCode());
        return new ApacheResponse(response);
    }

    private static HttpHost target(URI uri) {
        return new HttpHost(uri.getScheme(), uri.getHost(), uri.getPort());
    }

    /** Plain requests carry the proxy's credentials themselves; a tunnel for HTTPS gets them from the client. */
    private Optional<String> proxyAuthorization() {
        return settings.proxy()
                .filter(proxy -> !proxy.socks())
                .flatMap(Proxy::userInfo)
                .map(userInfo ->
                        "Basic " + Base64.getEncoder().encodeToString(userInfo.getBytes(StandardCharsets.UTF_8)));
    }

    /** Which proxy, if any, a request goes through. */
    private static final class ProxyRoutes extends DefaultRoutePlanner {
        private final Optional<Proxy> given;
        private final Map<String, String> environment;

        ProxyRoutes(Optional<Proxy> given, Map<String, String> environment) {
            super(null);
            this.given = given;
            this.environment = environment;
        }

        @Override
        protected @Nullable HttpHost determineProxy(HttpHost target, HttpContext context) {
            URI uri = URI.create(target.toURI());
            if (given.isPresent() && Proxy.isExempt(environment, Addresses.host(uri))) {
                return null;
            }
            return given.or(() -> Proxy.fromEnvironment(environment, uri))
                    .filter(proxy -> !proxy.socks())
                    .map(proxy -> new HttpHost("http", proxy.host(), proxy.port()))
                    .orElse(null);
        }
    }
}
