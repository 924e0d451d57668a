package io.github.gcrsync.git;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;
import org.eclipse.jgit.errors.ConfigInvalidException;
import org.eclipse.jgit.internal.util.CleanupService;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.storage.file.FileBasedConfig;
import org.eclipse.jgit.util.FS;
import org.eclipse.jgit.util.SystemReader;

/**
 * Isolates JGit from the machine: no system or user configuration, no environment variables. Runs behave the same
 * everywhere, filters, hooks and URL rewriting of others do not apply, and JGit neither runs {@code git} at start nor
 * measures the file system's clock.
 */
final class GitRuntime extends SystemReader.Delegate {
    /** FAT's two seconds, the coarsest file time. JGit reads a younger file again instead of trusting its time. */
    private static final long COARSEST_FILE_TIME_MILLIS = 2000;

    /**
     * Digests hardly compress: level 1 takes half the time of git's default, and the ledger of a million images gets 4 %
     * larger. The JDK's SHA-1 is several times as fast as JGit's, which also looks for collisions: those could only be
     * made by somebody who may push to the repository anyway.
     *
     * <p>Protocol 0 lists the branches unasked, which saves a request. With protocol 2, a server only closes the
     * connection for a repository in the SHA-256 format.
     */
    private static final String SETTINGS = """
            [core]
            	fsyncObjectFiles = true
            	fsyncRefFiles = true
            	compression = 1
            	sha1implementation = jdkNative
            [pack]
            	threads = 1
            [gc]
            	autoDetach = false
            [protocol]
            	version = 0
            [receive]
            	autogc = false
            """;

    private GitRuntime() {
        super(SystemReader.getInstance());
        // Without this, JGit registers a hook at exit that removes its lock files, and loads its 800 messages by
        // reflection for it: 30 ms of each start. The next run removes those files anyway, like those of a killed one.
        new CleanupService();
        setPlatformChecker();
    }

    /** Idempotent; JGit has one such setting per process. */
    static void install() {
        if (!(SystemReader.getInstance() instanceof GitRuntime)) {
            SystemReader.setInstance(new GitRuntime());
        }
    }

    @Override
    public FileBasedConfig openUserConfig(Config parent, FS fs) {
        FixedConfig config = new FixedConfig(parent, fs);
        try {
            config.fromText(SETTINGS);
        } catch (ConfigInvalidException e) {
            throw new IllegalStateException("our own settings are well-formed", e);
        }
        return config;
    }

    @Override
    public FileBasedConfig openSystemConfig(Config parent, FS fs) {
        return new FixedConfig(parent, fs);
    }

    @Override
    public FileBasedConfig openJGitConfig(Config parent, FS fs) {
        return new FixedConfig(parent, fs);
    }

    @Override
    public String getHostname() {
        // avoids a network lookup
        return "localhost";
    }

    @Override
    @SuppressWarnings("NullAway") // JGit's contract for a variable that is not set
    public String getenv(String variable) {
        return null;
    }

    @Override
    public ZoneOffset getTimeZoneAt(Instant when) {
        return ZoneOffset.UTC;
    }

    @Deprecated
    @Override
    public int getTimezone(long when) {
        return 0;
    }

    /** A configuration without a file. */
    private static final class FixedConfig extends FileBasedConfig {
        @SuppressWarnings("NullAway") // JGit's own way to say that there is no file
        FixedConfig(Config parent, FS fs) {
            super(parent, null, fs);
        }

        @Override
        public void load() {
            // nothing to read
        }

        @Override
        public void save() {
            // JGit would store its measurements here
        }

        @Override
        public boolean isOutdated() {
            return false;
        }

        @Override
        public long getTimeUnit(String section, String subsection, String name, long otherwise, TimeUnit unit) {
            return section.equals("filesystem")
                    ? unit.convert(COARSEST_FILE_TIME_MILLIS, TimeUnit.MILLISECONDS)
                    : super.getTimeUnit(section, subsection, name, otherwise, unit);
        }
    }
}
