package io.github.gcrsync.cli.console;

/** What a command's end tells whoever started it; described in docs/guide.md and in every command's help. */
public final class ExitCode {
    /** All is as it should be. */
    public static final int DONE = 0;
    /** Some images failed; the others are done. */
    public static final int SOME_FAILED = 1;
    /** The command line or the configuration is wrong. */
    public static final int USAGE = 2;
    /** It could not start, or had to give up: no listing, no metadata repository, credentials refused, destination full. */
    public static final int NOT_STARTED = 3;

    /** Source and destination are not the same. */
    public static final int DIFFERENCES = 4;

    /** The source's pull quota is used up; what fitted is done, the rest is for the next run. */
    static final int OVER_QUOTA = 5;

    private ExitCode() {}
}
