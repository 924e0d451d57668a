package io.github.gcrsync.cli.console;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The version of this build. */
public final class Version {
    private Version() {}

    /** Returns the number only, such as {@code 2.0.0}. */
    public static String number() {
        return read().getProperty("version", "unknown");
    }

    /** Returns version, commit and Java on one line. */
    public static String line() {
        Properties build = read();
        // Runtime.version() parses this property, and a format string is parsed too; together they take twice as long
        // as the rest.
        return "gcrsync " + build.getProperty("version", "unknown") + " (commit "
                + build.getProperty("commit", "unknown") + ", Java " + System.getProperty("java.runtime.version") + ")";
    }

    private static Properties read() {
        Properties properties = new Properties();
        try (InputStream in = Version.class.getResourceAsStream("/io/github/gcrsync/version.properties")) {
            if (in != null) {
                properties.load(in);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties;
    }
}
