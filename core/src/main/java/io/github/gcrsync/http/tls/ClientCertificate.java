package io.github.gcrsync.http.tls;

import io.github.gcrsync.http.RefusedException;
import io.github.gcrsync.text.Printable;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;

/**
 * A client certificate with its key.
 *
 * @param chain the certificate, then the intermediate certificates up to its authority
 */
record ClientCertificate(List<X509Certificate> chain, PrivateKey key) {
    /**
     * Reads both files. The key may be PKCS #8 or OpenSSL's older RSA and EC formats, but not encrypted.
     *
     * @throws RefusedException naming the file at fault
     */
    static ClientCertificate read(Path certificate, Path key) throws RefusedException {
        List<X509Certificate> chain = Pem.certificates(certificate);
        PublicKey owner = chain.getFirst().getPublicKey();
        Pem.Block block = Pem.read(key).stream()
                .filter(b -> b.label().endsWith("PRIVATE KEY"))
                .findFirst()
                .orElseThrow(() -> Pem.damaged(key, "it contains no private key", "it must be PEM"));
        if (block.encrypted() || block.label().startsWith("ENCRYPTED")) {
            throw Pem.damaged(key, "it is encrypted", "write it without a password: openssl pkey -in FILE -out NEW");
        }
        try {
            byte[] pkcs8 = block.label().equals("PRIVATE KEY") ? block.content() : pkcs8(owner, block.content());
            PrivateKey read =
                    KeyFactory.getInstance(owner.getAlgorithm()).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            if (!keyMatches(owner, read)) {
                throw Pem.damaged(key, "it is not the key of " + Printable.shortened(certificate.toString()));
            }
            return new ClientCertificate(chain, read);
        } catch (GeneralSecurityException e) {
            throw Pem.damaged(
                    key,
                    "it is not the " + Printable.shortened(owner.getAlgorithm()) + " key that "
                            + Printable.shortened(certificate.toString()) + " needs");
        }
    }

    /**
     * Wraps an older format as PKCS #8 (RFC 5958): the key after the algorithm identifier, which also starts the
     * certificate's public key (RFC 5280, section 4.1.2.7).
     */
    private static byte[] pkcs8(PublicKey owner, byte[] key) throws GeneralSecurityException {
        byte[] spki = owner.getEncoded();
        int algorithm = 1 + lengthOctets(spki, 0);
        int size = 1 + lengthOctets(spki, algorithm) + length(spki, algorithm);
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        content.writeBytes(new byte[] {2, 1, 0});
        content.write(spki, algorithm, size);
        content.writeBytes(der(4, key));
        return der(0x30, content.toByteArray());
    }

    private static byte[] der(int tag, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        if (content.length < 0x80) {
            out.write(content.length);
        } else {
            out.writeBytes(new byte[] {(byte) 0x82, (byte) (content.length >> 8), (byte) content.length});
        }
        out.writeBytes(content);
        return out.toByteArray();
    }

    /** Returns the number of octets that encode the length of the element at {@code at}. */
    private static int lengthOctets(byte[] der, int at) {
        int first = der[at + 1] & 0xff;
        return first < 0x80 ? 1 : 1 + (first & 0x7f);
    }

    private static int length(byte[] der, int at) {
        int octets = lengthOctets(der, at);
        int length = octets == 1 ? der[at + 1] & 0xff : 0;
        for (int i = 2; i <= octets; i++) {
            length = (length << 8) | (der[at + i] & 0xff);
        }
        return length;
    }

    /** Checks that the key fits the certificate; the server would report a mismatch only vaguely. */
    private static boolean keyMatches(PublicKey owner, PrivateKey key) throws GeneralSecurityException {
        String algorithm = switch (owner.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> owner.getAlgorithm();
        };
        byte[] text = {1, 2, 3};
        Signature signing = Signature.getInstance(algorithm);
        signing.initSign(key);
        signing.update(text);
        Signature checking = Signature.getInstance(algorithm);
        checking.initVerify(owner);
        checking.update(text);
        return checking.verify(signing.sign());
    }
}
