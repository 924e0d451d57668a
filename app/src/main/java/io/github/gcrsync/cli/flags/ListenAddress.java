package io.github.gcrsync.cli.flags;

import io.github.gcrsync.http.tls.ServerCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** The values of {@code --listen}, {@code --tls-cert} and {@code --tls-key}. */
final class ListenAddress {
    private ListenAddress() {}

    /**
     * @param text {@code HOST:PORT}
     * @param example shown if it is something else
     */
    static InetSocketAddress parse(String text, String example) {
        int colon = text.lastIndexOf(':');
        String port = text.substring(colon + 1);
        if (colon < 1 || !port.matches("[0-9]{1,5}") || Integer.parseInt(port) > 65535) {
            throw new UsageException("--listen '" + text + "' is not an address; write HOST:PORT, such as " + example);
        }
        try {
            return new InetSocketAddress(InetAddress.getByName(text.substring(0, colon)), Integer.parseInt(port));
        } catch (UnknownHostException e) {
            throw new NotStartedException("cannot listen on " + text + ": there is no such host", e);
        }
    }

    /** Returns the certificate of the server; empty: HTTP. */
    static Optional<SSLContext> tls(@Nullable Path certificate, @Nullable Path key) {
        if (certificate == null && key == null) {
            return Optional.empty();
        }
        if (certificate == null || key == null) {
            throw new UsageException("--tls-cert and --tls-key belong together; add the other one");
        }
        try {
            return Optional.of(ServerCertificate.context(certificate, key));
        } catch (IOException e) {
            throw new NotStartedException(String.valueOf(e.getMessage()), e);
        }
    }
}
