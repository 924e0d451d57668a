package io.github.gcrsync.cli.console;

/** Exit codes, as documented in docs/guide.md and in the help of every command. */
public final class ExitCode {
    /** Success. */
    public static final int DONE = 0;
    /** Some images failed; the others are done. */
    public static final int SOME_FAILED = 1;
    /** The command line or the configuration is wrong. */
    public static final int USAGE = 2;
    /** Could not start or gave up: no listing, no metadata repository, credentials refused, destination full. */
    public static final int NOT_STARTED = 3;

    /** Source and destination differ. */
    public static final int DIFFERENCES = 4;

    /** The source's pull quota is used up; the next run copies the rest. */
    public static final int OVER_QUOTA = 5;

    private ExitCode() {}
}
