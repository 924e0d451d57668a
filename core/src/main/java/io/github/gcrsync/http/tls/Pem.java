package io.github.gcrsync.http.tls;

import io.github.gcrsync.http.RefusedException;
import io.github.gcrsync.text.Message;
import io.github.gcrsync.text.Printable;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads PEM files (RFC 7468): labeled blocks of base64, with text around them. */
final class Pem {
    /** A bundle of all public authorities has a quarter of a megabyte. */
    private static final int LARGEST = 16 << 20;

    private static final Pattern BEGIN = Pattern.compile("-----BEGIN ([A-Z0-9 ]{1,64})-----");

    /** One block of a file. */
    static final class Block {
        private final String label;
        private final byte[] content;
        private final boolean encrypted;

        private Block(String label, byte[] content, boolean encrypted) {
            this.label = label;
            this.content = content;
            this.encrypted = encrypted;
        }

        String label() {
            return label;
        }

        byte[] content() {
            return content;
        }

        /** Whether header fields declare encryption, as in old key files (RFC 1421). */
        boolean encrypted() {
            return encrypted;
        }
    }

    private Pem() {}

    /** @throws RefusedException naming the file, if it cannot be read or is damaged */
    static List<Block> read(Path file) throws RefusedException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(LARGEST + 1);
            if (bytes.length > LARGEST) {
                throw damaged(file, "it is larger than " + (LARGEST >> 20) + " MiB");
            }
            return blocks(file, new String(bytes, StandardCharsets.ISO_8859_1));
        } catch (RefusedException e) {
            throw e;
        } catch (IOException e) {
            throw new RefusedException(
                    shown(file) + " cannot be read: "
                            + (Files.exists(file) ? Printable.shortened(e.toString()) : "it does not exist"),
                    e);
        }
    }

    /** @throws RefusedException naming the file, if it contains no certificate or a damaged one */
    static List<X509Certificate> certificates(Path file) throws RefusedException {
        List<X509Certificate> found = new ArrayList<>();
        for (Block block : read(file)) {
            if (isCertificate(block)) {
                try {
                    found.add(certificate(block));
                } catch (CertificateException e) {
                    throw damaged(file, "certificate " + (found.size() + 1) + " in it is damaged");
                }
            }
        }
        if (found.isEmpty()) {
            throw damaged(file, "it contains no certificate", "it must be PEM, with BEGIN CERTIFICATE");
        }
        return found;
    }

    static boolean isCertificate(Block block) {
        return block.label().equals("CERTIFICATE") || block.label().equals("X509 CERTIFICATE");
    }

    static X509Certificate certificate(Block block) throws CertificateException {
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(block.content()));
    }

    static RefusedException damaged(Path file, String why) {
        return new RefusedException(shown(file) + " cannot be used: " + why);
    }

    static RefusedException damaged(Path file, String why, String remedy) {
        return new RefusedException(Message.of(shown(file) + " cannot be used: " + why, remedy), null);
    }

    private static String shown(Path file) {
        return Printable.shortened(file.toString());
    }

    private static List<Block> blocks(Path file, String text) throws RefusedException {
        List<Block> found = new ArrayList<>();
        Matcher begin = BEGIN.matcher(text);
        for (int at = 0; begin.find(at); ) {
            String label = begin.group(1);
            int end = text.indexOf("-----END " + label + "-----", begin.end());
            if (end < 0) {
                throw damaged(file, "its " + label + " has no end");
            }
            String body = text.substring(begin.end(), end);
            boolean fields = body.contains(":");
            try {
                found.add(new Block(
                        label,
                        fields ? new byte[0] : Base64.getMimeDecoder().decode(body),
                        fields && body.contains("ENCRYPTED")));
            } catch (IllegalArgumentException e) {
                throw damaged(file, "its " + label + " is not base64");
            }
            at = end;
        }
        return found;
    }
}
