package io.github.gcrsync.cli;

import io.github.gcrsync.cli.console.Console;
import io.github.gcrsync.cli.flags.CopyFlags;
import io.github.gcrsync.cli.flags.NotStartedException;
import io.github.gcrsync.cli.wiring.FileMirrors;
import io.github.gcrsync.cluster.Database;
import io.github.gcrsync.cluster.Portions;
import io.github.gcrsync.cluster.Worker;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/** A worker of this process, alone or beside the server. */
final class WorkerProcess implements AutoCloseable {
    /** The scheduler's library cuts longer names. */
    private static final int LONGEST_HOST = 40;

    private final Worker worker;
    private final FileMirrors mirrors;

    private WorkerProcess(Worker worker, FileMirrors mirrors) {
        this.worker = worker;
        this.mirrors = mirrors;
    }

    /** @param log receives a line for each task */
    static WorkerProcess start(
            Database database, ServerMirrors file, CopyFlags copying, Console console, Consumer<String> log) {
        Portions portions = new Portions();
        FileMirrors mirrors = new FileMirrors(file::options, copying, portions, console);
        Worker worker = new Worker(
                name(),
                database,
                mirrors,
                portions,
                copying.processLimit,
                console.patience().heartbeat(),
                log);
        worker.start();
        return new WorkerProcess(worker, mirrors);
    }

    /** Differs from that of an earlier process on this machine, whose tasks are taken over. */
    private static String name() {
        String host;
        try {
            host = InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            host = "worker";
        }
        return "%s-%04x"
                .formatted(
                        host.substring(0, Math.min(host.length(), LONGEST_HOST)),
                        ThreadLocalRandom.current().nextInt(1 << 16));
    }

    String workerName() {
        return worker.name();
    }

    void stop() {
        worker.stop();
    }

    void abandon() {
        worker.abandon();
    }

    void awaitEnd() {
        try {
            worker.awaitEnd();
        } catch (InterruptedException e) {
            throw new NotStartedException("interrupted; the tasks were not awaited", e);
        }
    }

    @Override
    public void close() {
        worker.close();
        mirrors.close();
    }
}
