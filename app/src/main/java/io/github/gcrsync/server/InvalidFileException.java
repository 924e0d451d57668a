package io.github.gcrsync.server;

import java.util.List;

/** The configuration file is invalid. */
public final class InvalidFileException extends Exception {
    private final transient List<String> errors;

    /** @param errors one line each */
    public InvalidFileException(List<String> errors) {
        super(String.join("\n", errors));
        this.errors = List.copyOf(errors);
    }

    public List<String> errors() {
        return errors;
    }
}
