package io.github.gcrsync.testkit;

import java.io.IOException;
import javax.net.ServerSocketFactory;

/**
 * A proxy between a client and a registry (or another plain HTTP server) that injects faults: for matching requests, at
 * random, or both.
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

    /** Starts in front of a plain HTTP server at HOST:PORT, without faults. */
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
