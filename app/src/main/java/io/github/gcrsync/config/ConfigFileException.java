package io.github.gcrsync.config;

/** A configuration file that cannot be read as one; the message begins with the file, and the line and column if there are any. */
public final class ConfigFileException extends RuntimeException {
    ConfigFileException(String message) {
        super(message);
    }
}
