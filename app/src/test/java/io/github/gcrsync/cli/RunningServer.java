package io.github.gcrsync.cli;

import io.github.gcrsync.cli.console.Console;
import io.github.gcrsync.commands.Waiting;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code gcrsync server} in this JVM, on a free port. */
public final class RunningServer implements AutoCloseable {
    private static final Pattern LISTENING = Pattern.compile("listening on (https?)://([^\\s\"]+)");

    private final StringWriter err = new StringWriter();
    private final AtomicInteger exitCode = new AtomicInteger(-1);
    private final Thread thread;

    private RunningServer(Map<String, String> environment, Clock clock, List<String> arguments) {
        List<String> words = new ArrayList<>(List.of("server"));
        if (arguments.stream().noneMatch(argument -> argument.startsWith("--listen="))) {
            words.add("--listen=127.0.0.1:0");
        }
        words.addAll(arguments);
        Console console = new Console(
                new PrintWriter(new StringWriter(), true),
                new PrintWriter(err, true),
                new ByteArrayInputStream(new byte[0]),
                environment,
                clock,
                Hurry.TO_TAKE_OVER.patience(),
                false);
        thread = new Thread(() -> exitCode.set(Main.run(words, console)));
    }

    /** Starts a server, and waits until it listens. */
    public static RunningServer start(Map<String, String> environment, Clock clock, List<String> arguments)
            throws InterruptedException {
        RunningServer server = new RunningServer(environment, clock, arguments);
        server.thread.start();
        Waiting.until("listening", () -> LISTENING.matcher(server.err()).find() || !server.thread.isAlive());
        if (!server.thread.isAlive()) {
            throw new IllegalStateException("the server ended: " + server.err());
        }
        return server;
    }

    /** Returns the standard error so far. */
    public String err() {
        return err.toString();
    }

    public String url() {
        Matcher line = LISTENING.matcher(err());
        if (!line.find()) {
            throw new IllegalStateException(err());
        }
        return line.group(1) + "://" + line.group(2);
    }

    /** Stops the server like a signal, and returns its exit code. */
    public int stop() throws InterruptedException {
        thread.interrupt();
        thread.join(Waiting.PATIENCE);
        return exitCode.get();
    }

    @Override
    public void close() {
        try {
            stop();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
