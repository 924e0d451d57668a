package io.github.gcrsync.cli.console;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/** Detects the terminal behind standard error without loading a terminal library. */
public final class Terminals {
    private static final Path STANDARD_ERROR = Path.of("/proc/self/fd/2");

    private Terminals() {}

    /** Whether standard error is a terminal that can move its cursor, and the user did not ask for plain lines. */
    public static boolean canShowBars(Console console) {
        Map<String, String> environment = console.environment();
        String kind = environment.getOrDefault("TERM", "");
        return environment.getOrDefault("NO_COLOR", "").isEmpty()
                && environment.getOrDefault("CI", "").isEmpty()
                && !kind.isEmpty()
                && !kind.equals("dumb")
                && console.isProcess()
                && isTerminal();
    }

    private static boolean isTerminal() {
        try {
            String device = Files.readSymbolicLink(STANDARD_ERROR).toString();
            return device.startsWith("/dev/pts/") || device.startsWith("/dev/tty") || device.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    /**
     * Checks the encoding of the locale, with the variables in the order of POSIX. Without a locale, the launcher sets
     * LC_ALL for file names, and passes the terminal's encoding in GCRSYNC_LOCALE.
     */
    public static boolean isUnicode(Map<String, String> environment) {
        for (String name : new String[] {"GCRSYNC_LOCALE", "LC_ALL", "LC_CTYPE", "LANG"}) {
            String value = environment.getOrDefault(name, "").toUpperCase(Locale.ROOT);
            if (!value.isEmpty()) {
                return value.contains("UTF-8") || value.contains("UTF8");
            }
        }
        return false;
    }
}
