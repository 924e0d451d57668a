package gcrsync.cli.console;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.OutputStreamAppender;
import gcrsync.output.JsonEvents;
import java.io.PrintWriter;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logging, set up in code: a configuration file would cost the start more than the log is worth. */
public final class Logs {
    /** The logger above all of the program's own. */
    private static final String OURS = "gcrsync";

    private Logs() {}

    /** Lines to standard error. */
    public static synchronized void configure(boolean debug) {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
            appender.setTarget("System.err");
            started(appender, context, debug);
        }
    }

    /** Lines to a writer that knows where they may stand. */
    public static synchronized void configure(boolean debug, PrintWriter to) {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            PatternLayoutEncoder encoder = encoder(context, debug);
            started(
                    new AppenderBase<ILoggingEvent>() {
                        @Override
                        protected void append(ILoggingEvent event) {
                            to.print(encoder.getLayout().doLayout(event));
                            to.flush();
                        }
                    },
                    context,
                    debug);
        }
    }

    /** Events of the name {@code log}. */
    public static synchronized void configure(boolean debug, JsonEvents to) {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            started(
                    new AppenderBase<ILoggingEvent>() {
                        @Override
                        protected void append(ILoggingEvent event) {
                            to.event(
                                    "log",
                                    Map.of(
                                            "level", event.getLevel().toString(),
                                            "logger", event.getLoggerName(),
                                            "message", event.getFormattedMessage() + stackTrace(event)));
                        }
                    },
                    context,
                    debug);
        }
    }

    /** For what is thrown anywhere: a command may not have come as far as to set up its log, and then has no steps to tell. */
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

    private static void started(OutputStreamAppender<ILoggingEvent> appender, LoggerContext context, boolean debug) {
        appender.setEncoder(encoder(context, debug));
        appender.setContext(context);
        appender.start();
        levels(context, appender, debug);
    }

    private static void started(AppenderBase<ILoggingEvent> appender, LoggerContext context, boolean debug) {
        appender.setContext(context);
        appender.start();
        levels(context, appender, debug);
    }

    private static PatternLayoutEncoder encoder(LoggerContext context, boolean debug) {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern(debug ? "%d{HH:mm:ss.SSS} %-5level %logger{0} %msg%n" : "gcrsync: %msg%n");
        encoder.start();
        return encoder;
    }

    private static void levels(
            LoggerContext context, ch.qos.logback.core.Appender<ILoggingEvent> appender, boolean debug) {
        var root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.WARN);
        context.getLogger(OURS).setLevel(debug ? Level.DEBUG : Level.WARN);
        // JGit logs stack traces of damage that the ledger mends or explains by itself.
        context.getLogger("org.eclipse.jgit").setLevel(Level.OFF);
        // The HTTP client would log header fields, and with them credentials.
        context.getLogger("org.apache.hc").setLevel(Level.OFF);
        // Not by a reset of the context, after which everything is logged until the levels are set again.
        root.detachAndStopAllAppenders();
        root.addAppender(appender);
    }
}
