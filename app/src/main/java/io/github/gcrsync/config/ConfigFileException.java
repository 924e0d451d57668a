package io.github.gcrsync.config;

/**
 * A configuration file that is missing or malformed. The message begins with the file, and with line and column if
 * known.
 */
public final class ConfigFileException extends RuntimeException {
    ConfigFileException(String message) {
        super(message);
    }
}
