package io.github.gcrsync.http.client;

import io.github.gcrsync.http.Addresses;
import io.github.gcrsync.http.RefusedException;
import io.github.gcrsync.http.Request;
import io.github.gcrsync.http.Response;
import io.github.gcrsync.http.Transport;
import io.github.gcrsync.http.tls.TlsFailure;
import io.github.gcrsync.http.tls.TlsWhenNeeded;
import io.github.gcrsync.http.tls.Trust;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.RouteInfo;
import org.apache.hc.client5.http.SchemePortResolver;
import org.apache.hc.client5.http.auth.UsernamePasswordCredentials;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.ChainElement;
import org.apache.hc.client5.http.impl.DefaultClientConnectionReuseStrategy;
import org.apache.hc.client5.http.impl.auth.BasicScheme;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.DefaultHttpClientConnectionOperator;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.io.HttpClientConnectionOperator;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.config.RegistryBuilder;
import org.apache.hc.core5.http.impl.DefaultConnectionReuseStrategy;
import org.apache.hc.core5.http.impl.io.HttpRequestExecutor;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/**
 * The innermost transport, based on the classic Apache HttpClient: pooled keep-alive connections, without the library's
 * retries, redirects, decompression and server authentication. docs/decisions/0002-http-client.md gives the reasons.
 */
public final class ApacheTransport implements Transport {
    /** Signed URLs and tokens in header fields are a few KiB long. */
    private static final int LONGEST_LINE = 64 << 10;

    private static final int MOST_HEADERS = 200;
    /**
     * Of three buffers of each connection, of which a run may have a hundred; by default they are four times as large.
     * Bodies do not need them.
     */
    private static final int BUFFER = 8 << 10;

    /** Connections are released within seconds; if none is for so long, they are deadlocked. */
    private static final Timeout POOL_PATIENCE = Timeout.ofMinutes(2);

    private static final String PATH = "gcrsync.path";

    private final HttpSettings settings;
    private final Routes routes;
    private final PoolingHttpClientConnectionManager connections;
    private final CloseableHttpClient client;
    private final ScheduledExecutorService watches = UploadEntity.watches();
    /** Some proxies (Tinyproxy) silently close every connection: then none is reused. */
    private volatile boolean proxyClosesConnections;

    private volatile boolean closed;

    public ApacheTransport(HttpSettings settings) {
        this(settings, System.getenv(), () -> Trust.system(System.getenv()));
    }

    public ApacheTransport(
            HttpSettings settings, Map<String, String> environment, TlsWhenNeeded.SystemAuthorities authorities) {
        this.settings = settings;
        this.routes = new Routes(settings.proxy(), environment);
        Timeout timeout = Timeout.of(settings.timeout());
        EarlyAnswers earlyAnswers = new EarlyAnswers();
        this.connections = new Connecting()
                .setMaxConnPerRoute(settings.connectionsPerHost())
                .setMaxConnTotal(settings.connections())
                .setSocketConfigResolver(this::socket)
                .setTlsSocketStrategy(new TlsWhenNeeded(settings.tls(), authorities))
                .setDnsResolver(routes.new Names())
                .setConnectionFactory(ManagedHttpClientConnectionFactory.builder()
                        .http1Config(Http1Config.custom()
                                .setBufferSize(BUFFER)
                                .setMaxLineLength(LONGEST_LINE)
                                .setMaxHeaderCount(MOST_HEADERS)
                                // Skipping excess data after a body could skip the next answer too.
                                .setMaxEmptyLineCount(2)
                                .build())
                        .responseOutOfOrderStrategy(earlyAnswers)
                        .build())
                .setDefaultConnectionConfig(ConnectionConfig.custom()
                        .setConnectTimeout(timeout)
                        .setSocketTimeout(timeout)
                        // The other side may have closed a connection that was idle for longer.
                        .setValidateAfterInactivity(TimeValue.ofSeconds(2))
                        .build())
                .build();
        this.client = HttpClients.custom()
                .setConnectionManager(connections)
                .setRoutePlanner(routes)
                .setRequestExecutor(new HttpRequestExecutor(
                        Http1Config.DEFAULT, DefaultConnectionReuseStrategy.INSTANCE, earlyAnswers))
                .setConnectionReuseStrategy(
                        (request, response, context) -> !(proxyClosesConnections && isPlainlyProxied(context))
                                && DefaultClientConnectionReuseStrategy.INSTANCE.keepAlive(request, response, context))
                .setUserAgent(settings.userAgent())
                .disableAutomaticRetries()
                .disableRedirectHandling()
                .disableContentCompression()
                .disableCookieManagement()
                .disableAuthCaching()
                .disableConnectionState()
                .addExecInterceptorBefore(ChainElement.PROTOCOL.name(), "without-path", ApacheTransport::withoutPath)
                .addExecInterceptorAfter(ChainElement.PROTOCOL.name(), "with-path", ApacheTransport::withPath)
                .build();
    }

    /**
     * Hides the path from the library, which parses it to match path-specific credentials. That takes a tenth of the
     * cost of a request, and such credentials are never used: they are only for proxies.
     */
    private static ClassicHttpResponse withoutPath(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        scope.clientContext.setAttribute(PATH, request.getPath());
        request.setPath("/");
        return chain.proceed(request, scope);
    }

    private static ClassicHttpResponse withPath(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        request.setPath((String) scope.clientContext.getAttribute(PATH));
        return chain.proceed(request, scope);
    }

    /** Creates connections with the sockets of their route; the builder has no setter for that. */
    private final class Connecting extends PoolingHttpClientConnectionManagerBuilder {
        @Override
        protected HttpClientConnectionOperator createConnectionOperator(
                SchemePortResolver ports, DnsResolver names, TlsSocketStrategy tls) {
            return new DefaultHttpClientConnectionOperator(
                    routes::socket,
                    ports,
                    names,
                    RegistryBuilder.<TlsSocketStrategy>create()
                            .register("https", tls)
                            .build());
        }
    }

    @Override
    public Response send(Request request) throws IOException {
        try {
            return execute(request);
        } catch (IllegalStateException | RejectedExecutionException e) {
            if (closed) {
                throw new RefusedException("the connections are closed");
            }
            if (e instanceof CancellationException) {
                // Without a body, which has its own watch, only an interrupt cancels the wait for a connection.
                if (request.body().isEmpty()) {
                    Thread.currentThread().interrupt();
                }
                throw new InterruptedIOException(
                        "interrupted while waiting for a connection to " + Addresses.authority(request.uri()));
            }
            throw e;
        } catch (SSLException e) {
            throw TlsFailure.explained(request.uri(), e);
        } catch (NoHttpResponseException e) {
            // If one idle connection was closed unnoticed, others may be too.
            proxyClosesConnections = true;
            connections.closeIdle(TimeValue.ZERO_MILLISECONDS);
            throw e;
        }
    }

    private static boolean isPlainlyProxied(HttpContext context) {
        RouteInfo route = HttpClientContext.cast(context).getHttpRoute();
        return route != null && route.getProxyHost() != null && !route.isTunnelled();
    }

    private Response execute(Request request) throws IOException {
        HttpUriRequestBase message = new HttpUriRequestBase(request.method(), request.uri());
        request.headers().forEach(message::addHeader);
        HttpClientContext context = HttpClientContext.create();
        Optional<Proxy> proxy = proxy(request.uri());
        boolean withProxyUser = proxy.filter(p -> present(p, context)).isPresent();
        Duration patience = request.answerWithin().orElse(settings.timeout());
        message.setConfig(RequestConfig.custom()
                .setResponseTimeout(Timeout.of(patience))
                .setConnectionRequestTimeout(POOL_PATIENCE)
                .setAuthenticationEnabled(withProxyUser)
                .setProtocolUpgradeEnabled(false)
                .build());
        HttpHost target = target(request.uri());
        if (request.body().isEmpty()) {
            return ProxyAnswers.checked(client.executeOpen(target, message, context), request, proxy, context);
        }
        try (UploadEntity body = new UploadEntity(request.body().get(), settings.timeout())) {
            message.setEntity(body);
            body.watch(watches, message::cancel);
            return ProxyAnswers.checked(client.executeOpen(target, message, context), request, proxy, context);
        }
    }

    private Optional<Proxy> proxy(URI uri) throws RefusedException {
        try {
            return routes.proxyFor(uri).filter(p -> !p.socks());
        } catch (IllegalArgumentException e) {
            throw new RefusedException(String.valueOf(e.getMessage())); // An invalid variable.
        }
    }

    @Override
    public void close() {
        closed = true;
        client.close(CloseMode.IMMEDIATE);
        watches.shutdownNow();
    }

    /** The number of connections that currently serve a request. */
    public int connectionsInUse() {
        return connections.getTotalStats().getLeased();
    }

    private SocketConfig socket(HttpRoute route) {
        return SocketConfig.custom()
                .setTcpNoDelay(true)
                .setSoKeepAlive(true)
                .setSoTimeout(Timeout.of(settings.timeout()))
                .setSocksProxyAddress(routes.socksFor(route.getTargetHost()))
                .build();
    }

    private static HttpHost target(URI uri) {
        return new HttpHost(uri.getScheme(), uri.getHost(), uri.getPort());
    }

    /** Sends user and password of the proxy to the proxy only; returns false if it has none. */
    private static boolean present(Proxy proxy, HttpClientContext context) {
        if (proxy.userInfo().isEmpty()) {
            return false;
        }
        BasicScheme basic = new BasicScheme();
        basic.initPreemptive(
                new UsernamePasswordCredentials(proxy.user(), proxy.password().toCharArray()));
        context.resetAuthExchange(Routes.address(proxy), basic);
        return true;
    }
}
