package io.github.gcrsync.cli.settings;

/** Knows the settings of a run: the program, the root of all commands. */
public interface Configured {
    Settings settings();
}
