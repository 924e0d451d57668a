package io.github.gcrsync.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Computes digests, {@code algorithm:hex}, with sha256, or sha512 if a client chose it. */
final class Digests {
    private Digests() {}

    /** The sha256 digest. */
    static String of(Content content) {
        return of("sha256", content);
    }

    static String of(byte[] bytes) {
        return of(Content.of(bytes));
    }

    static boolean wellFormed(String digest) {
        return digest.matches("sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}");
    }

    static boolean matches(String digest, Content content) {
        return digest.equals(of(digest.split(":", 2)[0], content));
    }

    static MessageDigest sha256() {
        return start("sha256");
    }

    static String text(MessageDigest sha256) {
        return "sha256:" + HexFormat.of().formatHex(sha256.digest());
    }

    private static String of(String algorithm, Content content) {
        MessageDigest digest = start(algorithm);
        byte[] buffer = new byte[1 << 16];
        try (InputStream in = content.openAt(0)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                digest.update(buffer, 0, n);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return algorithm + ":" + HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest start(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm.equals("sha512") ? "SHA-512" : "SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
