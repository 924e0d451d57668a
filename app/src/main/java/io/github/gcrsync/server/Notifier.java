package io.github.gcrsync.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.gcrsync.config.Notification;
import io.github.gcrsync.http.Request;
import io.github.gcrsync.http.RequestBody;
import io.github.gcrsync.http.Response;
import io.github.gcrsync.http.Transport;
import io.github.gcrsync.output.Reports;
import io.github.gcrsync.text.Json;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Posts the ends of runs to the addresses that mirrors name. */
public final class Notifier implements Observer, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Notifier.class);
    private static final int MOST_WAITING = 100;
    private static final int MOST_FAILURES = 20;
    private static final int CLOSE_SECONDS = 5;

    private final Transport transport;
    private final Map<String, String> environment;
    private final History history;
    private final Map<String, Boolean> failing = new HashMap<>();
    private final ThreadPoolExecutor sender;

    /**
     * @param transport retries a few times
     * @param environment holds the secrets
     */
    public Notifier(Transport transport, Map<String, String> environment, History history) {
        this.transport = transport;
        this.environment = environment;
        this.history = history;
        this.sender =
                new ThreadPoolExecutor(1, 1, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(MOST_WAITING), work -> {
                    Thread thread = new Thread(work, "gcrsync-notify");
                    thread.setDaemon(true);
                    return thread;
                });
        sender.allowCoreThreadTimeOut(true);
    }

    @Override
    public synchronized void ended(Run run, Optional<Mirrors.Outcome> outcome, Optional<ServedMirror> mirror) {
        if (run.state() == Run.State.STOPPED) {
            return;
        }
        boolean failed = run.hasFailed();
        boolean failedBefore = failing.computeIfAbsent(run.mirror(), _ -> failedBefore(run));
        failing.put(run.mirror(), failed);
        mirror.flatMap(ServedMirror::notification).ifPresent(to -> {
            if (failed && to.on().contains(Notification.FAILURE)) {
                enqueue(to, Notification.FAILURE, run, outcome);
            } else if (!failed && failedBefore && to.on().contains(Notification.RECOVERED)) {
                enqueue(to, Notification.RECOVERED, run, outcome);
            } else if (run.count("copied") > 0 && to.on().contains(Notification.CHANGE)) {
                enqueue(to, Notification.CHANGE, run, outcome);
            }
        });
    }

    /** Whether the last run of an earlier server failed. */
    private boolean failedBefore(Run current) {
        return history.runs().stream()
                .filter(run -> run.mirror().equals(current.mirror())
                        && !run.id().equals(current.id())
                        && run.state() != Run.State.STOPPED)
                .findFirst()
                .filter(Run::hasFailed)
                .isPresent();
    }

    private void enqueue(Notification to, String event, Run run, Optional<Mirrors.Outcome> outcome) {
        if (sender.getQueue().remainingCapacity() == 0) {
            LOG.warn(
                    "{}: too many notifications wait for {}; this one is dropped",
                    run.mirror(),
                    to.url().getHost());
            return;
        }
        byte[] body = Json.text(fields(event, run, outcome)).getBytes(UTF_8);
        sender.execute(() -> post(to, event, run, body));
    }

    private static Map<String, Object> fields(String event, Run run, Optional<Mirrors.Outcome> outcome) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("event", event);
        fields.put(
                "text",
                run.mirror() + ": " + event + "; "
                        + run.error()
                                .orElse(run.count("copied") + " copied, " + ServerLog.failed(run)
                                        + run.count("quarantined") + " in quarantine"));
        fields.putAll(run.fields());
        fields.put(
                "failures",
                outcome.flatMap(Mirrors.Outcome::batch)
                        .map(batch ->
                                Reports.failures(batch).limit(MOST_FAILURES).toList())
                        .orElse(List.of()));
        return fields;
    }

    private void post(Notification to, String event, Run run, byte[] body) {
        String host = to.url().getHost();
        try {
            Request request = Request.of("POST", to.url())
                    .with("Content-Type", "application/json")
                    .with("X-Gcrsync-Event", event)
                    .with("X-Gcrsync-Delivery", run.id())
                    .withBody(RequestBody.of(body));
            if (to.secret().isPresent()) {
                String secret = environment.getOrDefault(to.secret().get(), "");
                if (secret.isEmpty()) {
                    LOG.warn(
                            "{}: cannot notify {}: the variable {} is not set; put the secret into it",
                            run.mirror(),
                            host,
                            to.secret().get());
                    return;
                }
                request = request.with("X-Gcrsync-Signature", "sha256=" + signature(secret, body));
            }
            try (Response response = transport.send(request)) {
                if (response.status() / 100 != 2) {
                    LOG.warn("{}: cannot notify {}: HTTP {}", run.mirror(), host, response.status());
                }
            }
        } catch (IOException | GeneralSecurityException e) {
            LOG.warn("{}: cannot notify {}: {}", run.mirror(), host, e.toString());
        }
    }

    private static String signature(String secret, byte[] body) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret.getBytes(UTF_8), "HmacSHA256"));
        return HexFormat.of().formatHex(mac.doFinal(body));
    }

    /** Sends what waits, for a few seconds. */
    @Override
    public void close() {
        sender.shutdown();
        try {
            if (!sender.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                sender.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        transport.close();
    }
}
