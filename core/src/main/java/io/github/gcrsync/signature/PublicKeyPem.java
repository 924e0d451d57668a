package io.github.gcrsync.signature;

import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Decodes the PEM form of one public key (RFC 7468, section 13). */
final class PublicKeyPem {
    /** In bytes; a key of 8192 bits needs 1,500. */
    static final int LONGEST = 64 << 10;

    private static final String LABEL = "PUBLIC KEY";
    private static final Pattern BEGIN = Pattern.compile("-----BEGIN ([A-Z0-9 ]{1,64})-----");

    private PublicKeyPem() {}

    /**
     * Returns the SubjectPublicKeyInfo in DER.
     *
     * @throws IllegalArgumentException if the text is anything else; the message quotes only the label
     */
    static byte[] decode(String text) {
        if (text.length() > LONGEST) {
            throw new IllegalArgumentException("it is larger than " + (LONGEST >> 10) + " KiB");
        }
        Matcher begin = BEGIN.matcher(text);
        if (!begin.find()) {
            throw new IllegalArgumentException("it is not PEM; it must begin with -----BEGIN PUBLIC KEY-----");
        }
        String label = begin.group(1);
        if (!label.equals(LABEL)) {
            throw new IllegalArgumentException(refusal(label));
        }
        int from = begin.end();
        int end = text.indexOf("-----END " + LABEL + "-----", from);
        if (end < 0) {
            throw new IllegalArgumentException("its PEM block has no end; copy the whole file");
        }
        if (begin.find()) {
            throw new IllegalArgumentException("it holds more than one PEM block; give each key its own file");
        }
        return base64(text.substring(from, end));
    }

    private static byte[] base64(String body) {
        try {
            return Base64.getDecoder().decode(body.replaceAll("\\s", ""));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("its PEM block is not base64; copy the file again", e);
        }
    }

    private static String refusal(String label) {
        if (label.endsWith("PRIVATE KEY")) {
            return "it holds a private key; give the public key, such as cosign.pub";
        }
        if (label.contains("CERTIFICATE")) {
            return "it holds a certificate, and only signatures by key are supported; give a public key";
        }
        return "its PEM block is a " + label + " and must be a PUBLIC KEY (SubjectPublicKeyInfo)";
    }
}
