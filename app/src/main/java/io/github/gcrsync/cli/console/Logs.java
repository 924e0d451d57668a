package io.github.gcrsync.cli.console;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import io.github.gcrsync.output.JsonEvents;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sets up logging in code, because reading a configuration file would slow down the start. */
public final class Logs {
    /** The root of gcrsync's loggers. */
    private static final String OURS = "io.github.gcrsync";

    private Logs() {}

    /** Logs to standard error. */
    public static void configure(boolean debug) {
        configure(debug, new PrintWriter(System.err, true, StandardCharsets.UTF_8));
    }

    /** Logs lines to a writer, which may place them above progress bars. */
    public static synchronized void configure(boolean debug, PrintWriter to) {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            PatternLayout layout = new PatternLayout();
            layout.setContext(context);
            layout.setPattern(debug ? "%d{HH:mm:ss.SSS} %-5level %logger{0} %msg%n" : "gcrsync: %msg%n");
            layout.start();
            pass(context, debug, event -> {
                to.print(layout.doLayout(event));
                to.flush();
            });
        }
    }

    /** Logs to a writer, as lines or as JSON events. */
    public static void configure(boolean debug, boolean isJson, PrintWriter to, InstantSource clock) {
        if (isJson) {
            configure(debug, new JsonEvents(to, clock));
        } else {
            configure(debug, to);
        }
    }

    /** Logs events named {@code log}. */
    public static synchronized void configure(boolean debug, JsonEvents to) {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            pass(
                    context,
                    debug,
                    event -> to.event(
                            "log",
                            Map.of(
                                    "level", event.getLevel().toString(),
                                    "logger", event.getLoggerName(),
                                    "message", event.getFormattedMessage() + stackTrace(event))));
        }
    }

    /** Logs a stack trace, unless the command failed before its log was set up. */
    public static void debug(String words, Throwable thrown) {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context
                && context.getLogger(OURS).getLevel() == Level.DEBUG) {
            context.getLogger(OURS).debug(words, thrown);
        }
    }

    private static String stackTrace(ILoggingEvent event) {
        IThrowableProxy thrown = event.getThrowableProxy();
        return thrown == null ? "" : "\n" + ThrowableProxyUtil.asString(thrown);
    }

    private static void pass(LoggerContext context, boolean debug, Consumer<ILoggingEvent> to) {
        AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                to.accept(event);
            }
        };
        appender.setContext(context);
        appender.start();
        var root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.WARN);
        context.getLogger(OURS).setLevel(debug ? Level.DEBUG : Level.WARN);
        // JGit logs stack traces of damage that the ledger repairs or reports itself.
        context.getLogger("org.eclipse.jgit").setLevel(Level.OFF);
        // The HTTP client would log header fields, including credentials.
        context.getLogger("org.apache.hc").setLevel(Level.OFF);
        // gcrsync itself reports that the database is away, once.
        context.getLogger("com.github.kagkarlsson").setLevel(debug ? Level.WARN : Level.OFF);
        context.getLogger("com.zaxxer.hikari").setLevel(debug ? Level.WARN : Level.OFF);
        // Without a reset of the context, after which everything would be logged until the levels are set again.
        root.detachAndStopAllAppenders();
        root.addAppender(appender);
    }
}
