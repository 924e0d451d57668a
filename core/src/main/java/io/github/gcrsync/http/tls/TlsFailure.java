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

/** Says in words of users why TLS did not come about: Java's own would send them into books. */
public final class TlsFailure {
    private TlsFailure() {}

    /** The failure to throw instead: a {@link RefusedException} where asking again would not mend it. */
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

    /** What is wrong with a server's certificate, and what to do; empty if this cause does not say. */
    private static Optional<Message> ofCertificate(String host, Throwable cause) {
        String its = "the certificate of " + host;
        String words = Printable.shortened(String.valueOf(cause.getMessage()));
        String anyway = "if it may be anybody's, say --insecure " + host;
        return Optional.ofNullable(
                switch (cause) {
                    case CertificateExpiredException ignored ->
                        Message.of(its + " has expired (" + words + ")", "its operator has to renew it, or " + anyway);
                    case CertificateNotYetValidException ignored ->
                        Message.of(its + " is not valid yet (" + words + ")", "is the clock of this machine right?");
                    // The first two are Java's words for an authority of the same name, and for knowing none at all.
                    case CertPathValidatorException e
                    when e.getReason() == PKIXReason.NO_TRUST_ANCHOR -> ofNobody(its, anyway);
                    case InvalidAlgorithmParameterException ignored -> ofNobody(its, anyway);
                    case CertPathBuilderException ignored -> ofNobody(its, anyway);
                    case CertPathValidatorException ignored
                    when isLast(cause) ->
                        Message.of(
                                its + " cannot be trusted (" + words + ")",
                                "its operator has to replace it, or " + anyway);
                    case CertificateException ignored
                    when isLast(cause) && isAboutNames(words) -> ofAnother(its, words, anyway);
                    case SSLPeerUnverifiedException ignored -> ofAnother(its, words, anyway);
                    default -> null;
                });
    }

    private static Message ofNobody(String its, String anyway) {
        return Message.of(
                its + " comes from an unknown authority",
                "name the file with the authority's certificate by --ca-file, or " + anyway);
    }

    private static Message ofAnother(String its, String words, String anyway) {
        return Message.of(its + " is for another host (" + words + ")", "use the name it is for, or " + anyway);
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
                    Message.of(host + " does not speak TLS", "if it is meant to be without, say --plain-http " + host),
                    e);
        }
        if (lower.contains("certificate_required")
                || lower.contains("bad_certificate")
                || lower.contains("unknown_ca")
                || lower.contains("certificate_unknown")) {
            return new RefusedException(
                    Message.of(
                            host + " wants another client certificate than it got (" + Printable.shortened(words) + ")",
                            "put NAME.cert and NAME.key into a folder " + host + " of --cert-dir"),
                    e);
        }
        if (e instanceof SSLHandshakeException && !(e.getCause() instanceof EOFException)) {
            return new RefusedException("no TLS connection to " + host + ": " + Printable.shortened(words), e);
        }
        // A connection that was cut: the next one may do.
        return e instanceof SSLHandshakeException ? new IOException(host + " hung up during the TLS handshake", e) : e;
    }
}
