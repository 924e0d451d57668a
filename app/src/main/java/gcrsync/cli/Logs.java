package gcrsync.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logging to standard error, set up in code: a configuration file would cost the start more than the log is worth. */
final class Logs {
    private Logs() {}

    static void configure(boolean debug) {
        if (!(LoggerFactory.getILoggerFactory() instanceof LoggerContext context)) {
            return;
        }
        context.reset();
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern(debug ? "%d{HH:mm:ss.SSS} %-5level %logger{0} %msg%n" : "gcrsync: %msg%n");
        encoder.start();
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setContext(context);
        appender.setTarget("System.err");
        appender.setEncoder(encoder);
        appender.start();
        var root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.addAppender(appender);
        root.setLevel(Level.WARN);
        context.getLogger("gcrsync").setLevel(debug ? Level.DEBUG : Level.WARN);
        // JGit logs stack traces of damage that the ledger mends or explains by itself.
        context.getLogger("org.eclipse.jgit").setLevel(Level.OFF);
        // The HTTP client would log header fields, and with them credentials.
        context.getLogger("org.apache.hc").setLevel(Level.OFF);
    }
}
