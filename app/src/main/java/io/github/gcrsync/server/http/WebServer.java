package io.github.gcrsync.server.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.github.gcrsync.metrics.RunMetrics;
import io.github.gcrsync.server.ServerMetrics;
import io.github.gcrsync.server.Service;
import io.github.gcrsync.server.fleet.Fleet;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers HTTP requests about a service. */
public final class WebServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WebServer.class);
    /** Readers of events hold up to half of them. */
    private static final int THREADS = 64;
    /** The largest reports have a few megabytes. */
    private static final Duration LONGEST_ANSWER = Duration.ofSeconds(60);
    /** A client that uses TLS and does not read may delay the end of its connection. */
    private static final long CLOSE_MILLIS = 3000;

    /** Nothing is loaded from elsewhere, and no markup that might slip in runs scripts. */
    private static final Map<String, String> HEADERS = Map.of(
            "Content-Security-Policy",
            "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; form-action 'self';"
                    + " base-uri 'none'; frame-ancestors 'none'",
            "X-Content-Type-Options",
            "nosniff",
            "Referrer-Policy",
            "same-origin",
            "Cross-Origin-Resource-Policy",
            "same-origin",
            "Cache-Control",
            "no-store");

    private final HttpServer server;
    private final ExecutorService threads;
    private final Service service;
    private final Guard guard;
    private final Api api;
    private final Pages pages;
    private final EventStream events;
    private final ServerMetrics metrics;
    private final Optional<Fleet> fleet;
    private final TimeLimit limit;

    private WebServer(
            HttpServer server,
            Service service,
            ServerMetrics metrics,
            Optional<Fleet> fleet,
            Guard guard,
            Duration longest) {
        this.metrics = metrics;
        this.limit = new TimeLimit(longest);
        this.server = server;
        this.service = service;
        this.guard = guard;
        this.fleet = fleet;
        this.api = new Api(service, fleet);
        this.pages = new Pages(service, service.catalog(), fleet);
        this.events = new EventStream(service.events(), limit);
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(THREADS, THREADS, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> {
                    Thread thread = new Thread(work, "gcrsync-http");
                    thread.setDaemon(true);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
        this.threads = pool;
    }

    /**
     * Starts to answer.
     *
     * @param tls empty: HTTP
     * @param fleet empty: the service copies itself
     * @throws IOException if the server cannot listen on the address
     */
    public static WebServer start(
            InetSocketAddress address,
            Optional<SSLContext> tls,
            Service service,
            ServerMetrics metrics,
            Optional<Fleet> fleet,
            Guard guard)
            throws IOException {
        return start(address, tls, service, metrics, fleet, guard, LONGEST_ANSWER);
    }

    /** @param longest time for an answer, and for each event of a stream */
    static WebServer start(
            InetSocketAddress address,
            Optional<SSLContext> tls,
            Service service,
            ServerMetrics metrics,
            Optional<Fleet> fleet,
            Guard guard,
            Duration longest)
            throws IOException {
        // Without it, each response waits for the acknowledgement of its headers.
        System.setProperty("sun.net.httpserver.nodelay", "true");
        // A client that sends its request slowly holds a thread.
        System.setProperty("sun.net.httpserver.maxReqTime", "30");
        System.setProperty("jdk.httpserver.maxConnections", "256");
        HttpServer http = tls.isPresent() ? HttpsServer.create(address, 0) : HttpServer.create(address, 0);
        if (http instanceof HttpsServer https) {
            https.setHttpsConfigurator(new HttpsConfigurator(tls.orElseThrow()));
        }
        WebServer web = new WebServer(http, service, metrics, fleet, guard, longest);
        http.createContext("/", web::handle);
        http.setExecutor(web.threads);
        http.start();
        return web;
    }

    public int port() {
        return server.getAddress().getPort();
    }

    private void handle(HttpExchange exchange) throws IOException {
        Call call = new Call(exchange, limit);
        try (exchange) {
            HEADERS.forEach((name, value) -> call.set(name, value));
            try {
                answer(call);
            } catch (RuntimeException e) {
                LOG.warn("cannot answer {} {}", call.method(), call.path(), e);
                call.error(500, "internal error; see the log of the server");
            }
        }
    }

    private void answer(Call call) throws IOException {
        String path = call.path();
        if (path.equals("/healthz") && call.isRead()) {
            call.answer(200, "text/plain", "ok\n");
            return;
        }
        if (path.equals("/readyz") && call.isRead()) {
            boolean ready = service.isReady()
                    && fleet.map(workers -> workers.state().isPresent()).orElse(true);
            call.answer(ready ? 200 : 503, "text/plain", ready ? "ok\n" : "not ready\n");
            return;
        }
        Optional<Guard.Refusal> refusal = guard.refusal(call);
        if (refusal.isPresent()) {
            if (refusal.get().status() == 401) {
                // Chromium ignores Basic if both are in one field.
                call.set("WWW-Authenticate", "Bearer realm=\"gcrsync\"", "Basic realm=\"gcrsync\", charset=\"UTF-8\"");
            }
            call.error(refusal.get().status(), refusal.get().words());
        } else if (path.equals("/events") && call.method().equals("GET")) {
            events.send(call);
        } else if (path.equals("/metrics") && call.isRead()) {
            call.answer(200, RunMetrics.CONTENT_TYPE, metrics.text(service));
        } else if (!api.answers(call) && !pages.answers(call)) {
            call.error(call.isRead() ? 404 : 405, call.isRead() ? "there is no such page" : "use GET");
        }
    }

    @Override
    public void close() {
        // Closes the connections that threads write to; the server would wait for the writing.
        threads.shutdownNow();
        limit.close();
        Thread stop = new Thread(() -> server.stop(0), "gcrsync-http-stop");
        stop.setDaemon(true);
        stop.start();
        try {
            stop.join(CLOSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
