package io.github.gcrsync.cli.flags;

import io.github.gcrsync.files.DiskErrors;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Option;

/** The flags of the server. */
public final class ServerFlags {
    private static final Logger LOG = LoggerFactory.getLogger(ServerFlags.class);
    private static final int SHORTEST_TOKEN = 16;
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9_-]++(?:\\.[A-Za-z0-9_-]++)*+");

    @Option(
            names = "--listen",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:8080",
            description =
                    "Address of the page and the API (default: ${DEFAULT-VALUE}). Another address than a loopback one needs --token-file.")
    public String listen = "127.0.0.1:8080";

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description =
                    "File with the token that requests must have: Authorization: Bearer TOKEN, or TOKEN as the password in a browser. Without the flag, requests need no token.")
    @Nullable
    public Path tokenFile;

    @Option(names = "--public-page", description = "Allow reading without the token; starting and stopping needs it.")
    public boolean publicPage;

    @Option(
            names = "--allow-host",
            paramLabel = "NAME",
            description =
                    "Host name by which clients may address the server, besides localhost and IP addresses, or a proxy in front of it. May be repeated.")
    private List<String> allowedHosts = new ArrayList<>();

    @Option(
            names = "--tls-cert",
            paramLabel = "FILE",
            description =
                    "Certificate of the server with its chain (PEM); needs --tls-key. Without it, the server speaks HTTP.")
    @Nullable
    public Path certificate;

    @Option(names = "--tls-key", paramLabel = "FILE", description = "Private key of this certificate (PEM).")
    @Nullable
    public Path key;

    @Option(
            names = "--mirrors-at-once",
            paramLabel = "N",
            defaultValue = "2",
            description =
                    "Mirrors to run at a time (default: ${DEFAULT-VALUE}). Limits such as --processlimit apply to each.",
            converter = Converters.Positive.class)
    public int mirrorsAtOnce = 2;

    @Option(
            names = "--work",
            description = "With --database: copy in this process too. Otherwise only workers copy (gcrsync worker).")
    public boolean work;

    @Option(
            names = "--keep-runs",
            paramLabel = "AGE",
            defaultValue = "30d",
            description =
                    "How long finished runs and their reports are kept, up to 256 MiB: in the database, or in the state folder without one (default: ${DEFAULT-VALUE}).",
            converter = Converters.Age.class)
    public Duration keepRuns = Duration.ofDays(30);

    @Option(
            names = "--log-format",
            paramLabel = "text|json",
            defaultValue = "text",
            description = "Format of standard error: text, or one JSON object per event (default: ${DEFAULT-VALUE}).")
    public ProgressFlags.LogFormat logFormat = ProgressFlags.LogFormat.text;

    /**
     * Returns the address to listen on.
     *
     * @throws UsageException if it is wrong, or may be reached by others and needs no token
     */
    public InetSocketAddress address() {
        InetSocketAddress address = ListenAddress.parse(listen, "127.0.0.1:8080");
        if (!address.getAddress().isLoopbackAddress() && tokenFile == null) {
            throw new UsageException(
                    "--listen " + listen + " can be reached from other machines; add --token-file with a secret token");
        }
        return address;
    }

    /** Returns the names of the server. */
    public List<String> hosts() {
        for (String host : allowedHosts) {
            if (!HOST.matcher(host).matches()) {
                throw new UsageException("--allow-host '" + host
                        + "' is not a host name; write it without scheme and port, such as mirrors.example.com");
            }
        }
        return allowedHosts;
    }

    /** Returns the token that requests need; empty: none. */
    public Optional<String> token() {
        if (tokenFile == null) {
            return Optional.empty();
        }
        try {
            String token = Files.readString(tokenFile).strip();
            if (token.length() < SHORTEST_TOKEN) {
                throw new NotStartedException("the token in " + tokenFile + " is shorter than " + SHORTEST_TOKEN
                        + " characters; create one with: (umask 077; openssl rand -hex 32 > " + tokenFile + ")");
            }
            warnOfReaders(tokenFile);
            return Optional.of(token);
        } catch (IOException e) {
            throw new NotStartedException("cannot read the token in " + tokenFile + ": " + DiskErrors.reason(e), e);
        }
    }

    private static void warnOfReaders(Path file) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
        if (view != null && view.readAttributes().permissions().contains(PosixFilePermission.OTHERS_READ)) {
            LOG.warn("all users of this machine can read the token in {}; protect it with: chmod o= {}", file, file);
        }
    }

    /** Returns the certificate of the server; empty: HTTP. */
    public Optional<SSLContext> tls() {
        return ListenAddress.tls(certificate, key);
    }

    public boolean isJson() {
        return logFormat == ProgressFlags.LogFormat.json;
    }
}
