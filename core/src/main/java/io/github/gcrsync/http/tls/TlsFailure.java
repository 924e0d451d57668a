package io.github.gcrsync.http.tls;

import io.github.gcrsync.http.Addresses;
import io.github.gcrsync.http.RefusedException;
import io.github.gcrsync.text.Message;
import io.github.gcrsync.text.Printable;
import java.io.EOFException;
import java.io.IOException;
import java.net.URI;
import java.security.InvalidAlgorithmParameterException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.PKIXReason;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;

/** Explains TLS failures in terms of certificates and flags; Java's own messages are hard to understand. */
public final class TlsFailure {
    private TlsFailure() {}

    /** Returns the exception to throw instead: a {@link RefusedException} if a retry cannot succeed. */
    public static IOException explained(URI uri, SSLException e) {
        String host = Addresses.authority(uri);
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            Optional<Message> reason = ofCertificate(host, cause);
            if (reason.isPresent()) {
                return new RefusedException(reason.get(), e);
            }
        }
        return withoutCertificate(host, e);
    }

    /** Returns the problem of a server's certificate and its remedy; empty if this cause does not show it. */
    private static Optional<Message> ofCertificate(String host, Throwable cause) {
        String certificate = "the certificate of " + host;
        String words = Printable.shortened(String.valueOf(cause.getMessage()));
        String anyway = "to skip verification, use --insecure " + host;
        return Optional.ofNullable(
                switch (cause) {
                    case CertificateExpiredException ignored ->
                        Message.of(
                                certificate + " has expired (" + words + ")",
                                "its operator must renew it, or " + anyway);
                    case CertificateNotYetValidException ignored ->
                        Message.of(
                                certificate + " is not valid yet (" + words + ")", "check the clock of this machine");
                    // Java reports the first two for another authority of the same name, and for an empty trust store.
                    case CertPathValidatorException e
                    when e.getReason() == PKIXReason.NO_TRUST_ANCHOR -> unknownAuthority(certificate, anyway);
                    case InvalidAlgorithmParameterException ignored -> unknownAuthority(certificate, anyway);
                    case CertPathBuilderException ignored -> unknownAuthority(certificate, anyway);
                    case CertPathValidatorException ignored
                    when isLast(cause) ->
                        Message.of(
                                certificate + " cannot be trusted (" + words + ")",
                                "its operator must replace it, or " + anyway);
                    case CertificateException ignored
                    when isLast(cause) && isAboutNames(words) -> otherHost(certificate, words, anyway);
                    case SSLPeerUnverifiedException ignored -> otherHost(certificate, words, anyway);
                    default -> null;
                });
    }

    private static Message unknownAuthority(String certificate, String anyway) {
        return Message.of(
                certificate + " is signed by an unknown authority",
                "pass the authority's certificate with --ca-file, or " + anyway);
    }

    private static Message otherHost(String certificate, String words, String anyway) {
        return Message.of(
                certificate + " is for another host (" + words + ")",
                "use a host name of the certificate, or " + anyway);
    }

    private static boolean isLast(Throwable cause) {
        return cause.getCause() == null;
    }

    private static boolean isAboutNames(String words) {
        return words.startsWith("No subject alternative") || words.startsWith("No name matching");
    }

    private static IOException withoutCertificate(String host, SSLException e) {
        String words = String.valueOf(e.getMessage());
        String lower = words.toLowerCase(Locale.ROOT);
        if (lower.contains("unsupported or unrecognized ssl message")) {
            return new RefusedException(
                    Message.of(host + " does not speak TLS", "if this is intended, use --plain-http " + host), e);
        }
        if (lower.contains("certificate_required")
                || lower.contains("bad_certificate")
                || lower.contains("unknown_ca")
                || lower.contains("certificate_unknown")) {
            return new RefusedException(
                    Message.of(
                            host + " requires another client certificate (" + Printable.shortened(words) + ")",
                            "put NAME.cert and NAME.key into a folder " + host + " below --cert-dir"),
                    e);
        }
        if (e instanceof SSLHandshakeException && !(e.getCause() instanceof EOFException)) {
            return new RefusedException("no TLS connection to " + host + ": " + Printable.shortened(words), e);
        }
        // The connection broke: a retry may succeed.
        return e instanceof SSLHandshakeException ? new IOException(host + " hung up during the TLS handshake", e) : e;
    }
}
