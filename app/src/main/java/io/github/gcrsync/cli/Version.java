package io.github.gcrsync.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** Which build this is. */
final class Version {
    private Version() {}

    /** {@code 2.0.0}, without more. */
    static String number() {
        return read().getProperty("version", "unknown");
    }

    /** Version, commit and Java, one line. */
    static String line() {
        Properties build = read();
        // Runtime.version() parses what this property says, and a format is parsed too: twice the time of all the rest.
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
