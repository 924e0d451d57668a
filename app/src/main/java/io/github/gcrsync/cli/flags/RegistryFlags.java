package io.github.gcrsync.cli.flags;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags of the registry. */
public final class RegistryFlags {
    @Option(
            names = "--listen",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:5000",
            description =
                    "Address of the registry (default: ${DEFAULT-VALUE}). With another address than a loopback one, everyone who reaches it can pull.")
    public String listen = "127.0.0.1:5000";

    @Option(
            names = "--tls-cert",
            paramLabel = "FILE",
            description =
                    "Certificate of the registry with its chain (PEM); needs --tls-key. Without it, the registry speaks HTTP.")
    @Nullable
    private Path certificate;

    @Option(names = "--tls-key", paramLabel = "FILE", description = "Private key of this certificate (PEM).")
    @Nullable
    private Path key;

    /** Returns the address to listen on. */
    public InetSocketAddress address() {
        return ListenAddress.parse(listen, "127.0.0.1:5000");
    }

    /** Returns the certificate of the registry; empty: HTTP. */
    public Optional<SSLContext> tls() {
        return ListenAddress.tls(certificate, key);
    }
}
