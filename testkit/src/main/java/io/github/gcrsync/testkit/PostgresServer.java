package io.github.gcrsync.testkit;

import io.github.gcrsync.testkit.CertificateAuthority.Issued;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Debian's PostgreSQL on a free loopback port, with an empty database. It keeps its port and its data until it is closed,
 * also over {@link #stop} and {@link #kill}, but does not protect them from a crash of the machine.
 */
public final class PostgresServer implements AutoCloseable {
    private static final int ATTEMPTS = 5;

    /** The name of the database and of its superuser. */
    private static final String NAME = "gcrsync";

    private final String password = UUID.randomUUID().toString();
    private final PostgresFiles files;
    private final Path log;
    private final Thread atExit = new Thread(this::remove);
    private volatile @Nullable Process process;
    private int port;

    private PostgresServer(@Nullable Issued certificate) throws IOException {
        files = new PostgresFiles(NAME, password, certificate);
        log = files.folder().resolve("output.log");
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    /** Creates the database and starts the server. */
    public static PostgresServer create() {
        return started(null);
    }

    /** Creates the database and starts a server that accepts TLS connections only. */
    public static PostgresServer create(Issued certificate) {
        return started(certificate);
    }

    private static PostgresServer started(@Nullable Issued certificate) {
        try {
            PostgresServer server = new PostgresServer(certificate);
            try {
                server.startAtFreePort();
                server.psql("postgres", "CREATE DATABASE " + NAME);
                return server;
            } catch (IOException | RuntimeException e) {
                server.close();
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void startAtFreePort() throws IOException {
        for (int attempt = 1; ; attempt++) {
            port = Daemon.freePort();
            try {
                start();
                return;
            } catch (IllegalStateException e) {
                if (attempt == ATTEMPTS || !output().contains("Address already in use")) {
                    throw e;
                }
            }
        }
    }

    /**
     * Starts the server after {@link #stop} or {@link #kill}, on the same port and with the same data.
     *
     * @throws IllegalStateException if it is running, or with its output if it does not start
     */
    public void start() {
        if (pid() != 0) {
            throw new IllegalStateException("PostgreSQL is already running");
        }
        try {
            Process started = new ProcessBuilder(
                            files.command("postgres", "-D", files.data().toString(), "-p", Integer.toString(port)))
                    .directory(files.folder().toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            process = started;
            for (long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30); System.nanoTime() < end; ) {
                if (files.ready(started.pid())) {
                    return;
                }
                if (started.waitFor(10, TimeUnit.MILLISECONDS)) {
                    break;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        kill();
        throw new IllegalStateException("PostgreSQL did not start: " + output());
    }

    /** Stops the server, which closes all connections and writes a checkpoint. */
    public void stop() {
        end("INT");
    }

    /** Ends the server like a crash: the next start recovers all committed data from its log. */
    public void kill() {
        end("QUIT");
    }

    /** Stops and starts the server. */
    public void restart() {
        stop();
        start();
    }

    /** Waits for the end, even if the thread is interrupted. No process of the server outlives its main process. */
    private void end(String signal) {
        Process running = process;
        if (running == null || !running.isAlive()) {
            return;
        }
        try {
            new ProcessBuilder("sh", "-c", "kill -" + signal + " " + running.pid())
                    .start()
                    .onExit()
                    .join();
            running.onExit().completeOnTimeout(running, 20, TimeUnit.SECONDS).join();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            running.destroyForcibly().onExit().join();
        }
    }

    /** The URL for JDBC, without user and password. */
    public String jdbcUrl() {
        return "jdbc:postgresql://" + host() + "/" + NAME;
    }

    /** 127.0.0.1:PORT. */
    public String host() {
        return "127.0.0.1:" + port;
    }

    /** The superuser who owns the database. */
    public String user() {
        return NAME;
    }

    public String password() {
        return password;
    }

    /** The process id of the server, or 0 if it is not running. */
    public long pid() {
        Process running = process;
        return running == null || !running.isAlive() ? 0 : running.pid();
    }

    /**
     * Executes SQL in the database by psql.
     *
     * @return the rows, with {@code |} between the fields
     * @throws IllegalStateException with the message of psql if a statement fails
     */
    public List<String> psql(String sql) {
        return psql(NAME, sql);
    }

    private List<String> psql(String database, String sql) {
        return Program.at(files.program("psql"))
                .arguments("-XAtq", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", Integer.toString(port))
                .arguments("-U", NAME, "-d", database)
                .environment("PGPASSWORD", password)
                .stdin(sql)
                .run()
                .orThrow()
                .stdout()
                .lines()
                .toList();
    }

    /** Returns all its output, for failure messages. */
    public String output() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return e.toString();
        }
    }

    Path folder() {
        return files.folder();
    }

    /** Ends the server and deletes its data. */
    @Override
    public void close() {
        remove();
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException ignored) {
            // The JVM is already exiting.
        }
    }

    private void remove() {
        kill();
        files.delete();
    }
}
