package io.github.gcrsync.testkit;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Serves the bare repositories in a folder over git's smart HTTP protocol, for fetch and push. */
public final class GitHttpServer implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 10;

    private final Faults faults = new Faults();
    private final Path folder;
    private final String credentials;
    private final WireServer server;
    private final List<Process> running = new ArrayList<>();
    private boolean closed;

    private GitHttpServer(Path folder, String credentials) {
        Program.require("git");
        this.folder = folder.toAbsolutePath();
        this.credentials = credentials;
        this.server =
                WireServer.start(javax.net.ServerSocketFactory.getDefault(), new RequestLog(), faults, this::handle);
    }

    /** Starts a server without login. */
    public static GitHttpServer serve(Path folder) {
        return new GitHttpServer(folder, "");
    }

    /** Starts a server that requires Basic credentials with the token as password. */
    public static GitHttpServer serve(Path folder, String user, String token) {
        return new GitHttpServer(folder, user + ":" + token);
    }

    /** Returns http://127.0.0.1:PORT/NAME for the repository folder NAME. */
    public String url(String repository) {
        return "http://" + server.host() + "/" + repository;
    }

    /** {@code 127.0.0.1:PORT}. */
    public String host() {
        return server.host();
    }

    public RequestLog log() {
        return server.log;
    }

    public void fault(Fault fault) {
        faults.add(fault);
    }

    public void clearFaults() {
        faults.clear();
    }

    private Reply handle(Request request) throws IOException {
        Optional<String> given = TokenService.credentials(request);
        if (!credentials.isEmpty() && !given.equals(Optional.of(credentials))) {
            return Reply.text(401, "credentials required").header("WWW-Authenticate", "Basic realm=\"git\"");
        }
        Process process = start(request);
        // git reads the whole request before it answers, so sequential copying is enough.
        try (OutputStream stdin = process.getOutputStream()) {
            send(request, stdin);
        } catch (IOException e) {
            process.destroy();
            throw e;
        }
        return reply(process);
    }

    private static void send(Request request, OutputStream stdin) throws IOException {
        byte[] buffer = new byte[64 << 10];
        boolean listening = true;
        for (int n = request.body().read(buffer); n >= 0; n = request.body().read(buffer)) {
            try {
                if (listening) {
                    stdin.write(buffer, 0, n);
                }
            } catch (IOException ignored) {
                listening = false; // git stopped reading; its answer says why.
            }
        }
    }

    /** Starts git http-backend with the CGI variables of RFC 3875, and settings that allow pushes to these folders. */
    private Process start(Request request) throws IOException {
        ProcessBuilder builder = new ProcessBuilder("git", "http-backend");
        Map<String, String> environment = builder.environment();
        environment.keySet().removeIf(name -> name.startsWith("GIT_"));
        environment.put("GIT_PROJECT_ROOT", folder.toString());
        environment.put("GIT_HTTP_EXPORT_ALL", "1");
        environment.put("GIT_CONFIG_COUNT", "3");
        environment.put("GIT_CONFIG_KEY_0", "http.receivepack");
        environment.put("GIT_CONFIG_VALUE_0", "true");
        environment.put("GIT_CONFIG_KEY_1", "safe.directory");
        environment.put("GIT_CONFIG_VALUE_1", "*");
        environment.put("GIT_CONFIG_KEY_2", "receive.autogc"); // It would run in the background.
        environment.put("GIT_CONFIG_VALUE_2", "false");
        environment.put("GATEWAY_INTERFACE", "CGI/1.1");
        environment.put("REQUEST_METHOD", request.method());
        environment.put("PATH_INFO", request.path());
        environment.put("QUERY_STRING", request.query());
        environment.put("REMOTE_ADDR", "127.0.0.1");
        environment.put("CONTENT_TYPE", request.headers().first("Content-Type"));
        environment.put("HTTP_CONTENT_ENCODING", request.headers().first("Content-Encoding"));
        environment.put("GIT_PROTOCOL", request.headers().first("Git-Protocol"));
        if (request.body().announced() >= 0) {
            environment.put("CONTENT_LENGTH", Long.toString(request.body().announced()));
        }
        synchronized (running) {
            if (closed) {
                throw new IOException("closed while the request was held up");
            }
            Process process =
                    builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
            running.add(process);
            return process;
        }
    }

    private static Reply reply(Process process) throws IOException {
        InputStream stdout = new BufferedInputStream(process.getInputStream());
        Headers headers = new Headers();
        for (String line = Head.line(stdout); !line.isEmpty(); line = Head.line(stdout)) {
            String[] field = line.split(":", 2);
            headers.add(field[0], field[1].strip());
        }
        String status = headers.first("Status");
        headers.remove("Status");
        return new Reply(status.isEmpty() ? 200 : Integer.parseInt(status.split(" ")[0]), headers, stdout, -1);
    }

    /** Waits for all git processes that still write, possibly for killed clients. */
    @Override
    public void close() {
        server.close();
        synchronized (running) {
            closed = true;
            running.forEach(GitHttpServer::end);
        }
    }

    private static void end(Process process) {
        try {
            process.getInputStream().close();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly().waitFor();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
