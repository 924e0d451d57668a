package io.github.gcrsync.git;

import io.github.gcrsync.git.transport.GuardedConnections;
import io.github.gcrsync.git.transport.Location;
import io.github.gcrsync.git.transport.SystemSsh;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.transport.PacketLineIn;
import org.eclipse.jgit.transport.URIish;
import org.eclipse.jgit.transport.http.HttpConnection;
import org.eclipse.jgit.util.QuotedString;
import org.eclipse.jgit.util.io.InterruptTimer;
import org.eclipse.jgit.util.io.TimeoutInputStream;

/**
 * The branch of a repository's HEAD before it has a commit. Only protocol v2 reports it ({@code unborn} of
 * {@code ls-refs}, gitprotocol-v2(5)), and JGit does not support that. If the server does not answer, there is no such
 * branch.
 */
final class UnbornHead {
    private static final String ANSWER = "unborn HEAD symref-target:";
    private static final byte[] QUESTION = "0014command=ls-refs\n0001000csymrefs\n000bunborn\n0014ref-prefix HEAD\n0000"
            .getBytes(StandardCharsets.US_ASCII);

    private final URIish url;
    private final Optional<Location.Credential> credential;
    private final Duration timeout;
    private final io.github.gcrsync.http.Transport http;

    UnbornHead(
            URIish url,
            Optional<Location.Credential> credential,
            Duration timeout,
            io.github.gcrsync.http.Transport http) {
        this.url = url;
        this.credential = credential;
        this.timeout = timeout;
        this.http = http;
    }

    Optional<String> branch() {
        try {
            return target().filter(name -> name.startsWith(Constants.R_HEADS) && Repository.isValidRefName(name))
                    .map(name -> name.substring(Constants.R_HEADS.length()));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private Optional<String> target() throws IOException {
        if (!url.isRemote()) {
            return ofFile(GitFiles.described(Path.of(url.getPath())).getGitDir().toPath());
        }
        return switch (String.valueOf(url.getScheme())) {
            case "http", "https" -> overHttp();
            case "git" -> Optional.empty();
            default -> overSsh();
        };
    }

    private static Optional<String> ofFile(Path gitFolder) throws IOException {
        String head = Files.readString(gitFolder.resolve(Constants.HEAD)).strip();
        return head.startsWith("ref: ") ? Optional.of(head.substring("ref: ".length())) : Optional.empty();
    }

    private Optional<String> overHttp() throws IOException {
        String service = url.toString().replaceFirst("/*$", "") + "/git-upload-pack";
        try (GuardedConnections connections = new GuardedConnections(url, http)) {
            HttpConnection connection = connections.create(URI.create(service).toURL());
            connection.setRequestMethod("POST");
            connection.setRequestProperty("Content-Type", "application/x-git-upload-pack-request");
            connection.setRequestProperty("Git-Protocol", "version=2");
            credential.ifPresent(known -> connection.setRequestProperty("Authorization", basic(known)));
            try (OutputStream body = connection.getOutputStream()) {
                body.write(QUESTION);
            }
            return connection.getResponseCode() == HttpConnection.HTTP_OK
                    ? answer(connection.getInputStream())
                    : Optional.empty();
        }
    }

    private static String basic(Location.Credential known) {
        byte[] pair = (known.user() + ":" + known.password()).getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(pair);
    }

    private Optional<String> overSsh() throws IOException {
        String path = url.getPath().startsWith("/~") ? url.getPath().substring(1) : url.getPath();
        Process git = new SystemSsh("ssh", timeout).startV2(url, "git-upload-pack " + QuotedString.BOURNE.quote(path));
        InterruptTimer timer = new InterruptTimer("ssh");
        try (TimeoutInputStream in = new TimeoutInputStream(git.getInputStream(), timer)) {
            try (OutputStream out = git.getOutputStream()) {
                out.write(QUESTION);
            }
            in.setTimeout((int) timeout.toMillis());
            return answer(in);
        } finally {
            git.destroy();
            timer.terminate();
        }
    }

    private static Optional<String> answer(InputStream in) throws IOException {
        PacketLineIn packets = new PacketLineIn(in);
        try {
            while (true) {
                String line = packets.readString();
                if (line.startsWith(ANSWER)) {
                    return Optional.of(line.substring(ANSWER.length()));
                }
            }
        } catch (EOFException e) {
            return Optional.empty();
        }
    }
}
