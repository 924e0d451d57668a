package io.github.gcrsync.testkit;

import java.io.IOException;
import javax.net.ServerSocketFactory;

/**
 * Stands between a client and a registry (or any other plain HTTP server) and spoils what passes: by faults for named
 * requests, at random, or both.
 */
public final class FaultProxy implements AutoCloseable {
    private final Faults faults;
    private final Upstream upstream;
    private final WireServer server;

    private FaultProxy(String behind, Faults faults) {
        this.faults = faults;
        this.upstream = new Upstream(behind);
        this.server = WireServer.start(ServerSocketFactory.getDefault(), new RequestLog(), faults, this::handle);
    }

    /** In front of a plain HTTP server at HOST:PORT, with no faults yet. */
    public static FaultProxy inFrontOf(String host) {
        return new FaultProxy(host, new Faults());
    }

    public static FaultProxy inFrontOf(String host, Chaos chaos) {
        return new FaultProxy(host, new Faults(chaos));
    }

    /** 127.0.0.1:PORT. */
    public String host() {
        return server.host();
    }

    public RequestLog log() {
        return server.log;
    }

    public void fault(Fault fault) {
        faults.add(fault);
    }

    public void clearFaults() {
        faults.clear();
    }

    private Reply handle(Request request) throws IOException {
        return upstream.passOn(request, host());
    }

    @Override
    public void close() {
        server.close();
        upstream.close();
    }
}
