package gcrsync.testkit;

import java.nio.file.Path;

/** Debian's docker-registry program on a free loopback port. */
@SuppressWarnings("DoNotCallSuggester")
public final class DockerRegistry implements AutoCloseable {
    /** The password of the user of {@link Options#user}; fixed, since the JDK has no bcrypt. */
    public static final String PASSWORD = "correct horse battery staple";

    private DockerRegistry() {}

    /** Set up by {@link DockerRegistry#in}. */
    public static final class Options {
        /** Asks for this user with {@link DockerRegistry#PASSWORD} on every request. */
        public Options user(String name) {
            throw new UnsupportedOperationException(name);
        }

        /** Serves HTTPS with this certificate (chain) and key, both PEM. */
        public Options tls(Path certificate, Path key) {
            throw new UnsupportedOperationException(certificate + "" + key);
        }

        public Options deletes(boolean enabled) {
            throw new UnsupportedOperationException("" + enabled);
        }

        public Options readOnly(boolean on) {
            throw new UnsupportedOperationException("" + on);
        }

        public DockerRegistry start() {
            throw new UnsupportedOperationException();
        }
    }

    /** Starts an open registry that keeps its content, configuration and logs in the folder. */
    public static DockerRegistry start(Path folder) {
        return in(folder).start();
    }

    public static Options in(Path folder) {
        throw new UnsupportedOperationException(folder.toString());
    }

    /** 127.0.0.1:PORT. */
    public String host() {
        throw new UnsupportedOperationException();
    }

    /** Pushes the image by plain HTTP. */
    public void put(String repository, String tag, SampleImage image) {
        throw new UnsupportedOperationException(repository + tag + image);
    }

    /** Requests in its access log, without those that {@link #start} and {@link #put} made. */
    public int requests() {
        throw new UnsupportedOperationException();
    }

    /** Everything it wrote, for failure messages. */
    public String logs() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
