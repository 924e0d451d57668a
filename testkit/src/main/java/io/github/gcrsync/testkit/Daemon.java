package io.github.gcrsync.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A foreground program that listens on a free loopback port until it is closed. */
public final class Daemon implements AutoCloseable {
    private static final int ATTEMPTS = 5;

    private final Process process;
    private final Path log;
    private final int port;
    private final Thread atExit;

    /** Writes the configuration for that port of 127.0.0.1, and returns the command. */
    @FunctionalInterface
    public interface Setup {
        List<String> command(int port) throws IOException;
    }

    private Daemon(Path folder, int port, List<String> command) throws IOException {
        this.port = port;
        this.log = folder.resolve("output.log");
        this.process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        this.atExit = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    /** @throws IllegalStateException with its output if it does not start listening */
    public static Daemon start(Path folder, Setup setup) {
        String failures = "";
        try {
            Files.createDirectories(folder);
            for (int i = 0; i < ATTEMPTS; i++) {
                int port = freePort();
                Daemon daemon = new Daemon(folder, port, setup.command(port));
                if (daemon.listens()) {
                    return daemon;
                }
                daemon.close();
                failures = daemon.output();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw new IllegalStateException("it did not start: " + failures);
    }

    /** 127.0.0.1:PORT. */
    public String host() {
        return "127.0.0.1:" + port;
    }

    /** Returns its output, for failure messages. */
    public String output() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private boolean listens() throws IOException {
        for (long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30); System.nanoTime() < end; ) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(loopback(), port), 1000);
                return process.isAlive();
            } catch (IOException e) {
                if (ended()) {
                    return false;
                }
            }
        }
        return false;
    }

    /** Waits for a short time. */
    private boolean ended() {
        try {
            return process.waitFor(20, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, loopback())) {
            return socket.getLocalPort();
        }
    }

    private static InetAddress loopback() throws IOException {
        return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    }

    @Override
    public void close() {
        stop(process, atExit);
    }

    /** @param atExit the shutdown hook that would have stopped it */
    static void stop(Process process, Thread atExit) {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException ignored) {
            // The JVM is already exiting.
        }
    }
}
