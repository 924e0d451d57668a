package gcrsync.testkit;

import java.nio.file.Path;

/** Serves the bare repositories under a folder by git's smart HTTP protocol, for fetch and push. */
@SuppressWarnings("DoNotCallSuggester")
public final class GitHttpServer implements AutoCloseable {
    private final RequestLog log = new RequestLog();

    private GitHttpServer() {}

    /** Open to everyone. */
    public static GitHttpServer serve(Path folder) {
        throw new UnsupportedOperationException(folder.toString());
    }

    /** Asks for Basic credentials; the token stands for the password. */
    public static GitHttpServer serve(Path folder, String user, String token) {
        throw new UnsupportedOperationException(folder + user + token);
    }

    /** http://127.0.0.1:PORT/NAME for the repository folder NAME. */
    public String url(String repository) {
        throw new UnsupportedOperationException(repository);
    }

    public RequestLog log() {
        return log;
    }

    @Override
    public void close() {}
}
