package io.github.gcrsync.oci;

import io.github.gcrsync.text.Printable;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * A content digest, {@code algorithm:hex}, with an algorithm that the OCI image specification registers ("Digests":
 * sha256 and sha512). Content is always verified with the algorithm of its own digest. Stored as the bytes of the hash,
 * which need half the memory of the text: runs hold millions of digests.
 */
public final class Digest implements Comparable<Digest> {
    private static final String SHA256 = "sha256:";
    private static final String SHA512 = "sha512:";
    private static final int SHA256_BYTES = 32;
    private static final int SHA512_BYTES = 64;
    private static final byte[] NONE = {};

    /** The length identifies the algorithm. */
    private final byte[] hash;

    /** @throws IllegalArgumentException if the value is not a well-formed sha256 or sha512 digest */
    public Digest(String value) {
        byte[] parsed = parsed(value);
        if (parsed.length == 0) {
            throw new IllegalArgumentException("not a sha256 or sha512 digest: " + Printable.shortened(value));
        }
        hash = parsed;
    }

    private Digest(byte[] hash) {
        this.hash = hash;
    }

    public static boolean isValid(String value) {
        return parsed(value).length > 0;
    }

    /** Returns empty if the value is not a well-formed sha256 or sha512 digest. */
    public static Optional<Digest> parse(String value) {
        byte[] hash = parsed(value);
        return hash.length == 0 ? Optional.empty() : Optional.of(new Digest(hash));
    }

    /** Returns the hash, or an empty array if the value is not a digest. */
    private static byte[] parsed(String value) {
        int length = value.startsWith(SHA256) ? SHA256_BYTES : value.startsWith(SHA512) ? SHA512_BYTES : 0;
        if (length == 0 || value.length() != SHA256.length() + 2 * length) {
            return NONE;
        }
        byte[] hash = new byte[length];
        for (int i = 0; i < length; i++) {
            int high = digit(value.charAt(SHA256.length() + 2 * i));
            int low = digit(value.charAt(SHA256.length() + 2 * i + 1));
            if (high < 0 || low < 0) {
                return NONE;
            }
            hash[i] = (byte) (high << 4 | low);
        }
        return hash;
    }

    /** Returns -1 for anything but a lower-case hexadecimal digit, as the specification requires. */
    private static int digit(char text) {
        return text >= '0' && text <= '9' ? text - '0' : text >= 'a' && text <= 'f' ? text - 'a' + 10 : -1;
    }

    /** Reads a 32-byte hash from a larger array. */
    public static Digest ofSha256(byte[] hashes, int from) {
        return new Digest(Arrays.copyOfRange(hashes, from, from + SHA256_BYTES));
    }

    public static Digest sha256(byte[] content) {
        return new Digest(hasher("SHA-256").digest(content));
    }

    /** Computes the content's digest with this digest's algorithm. */
    public Digest ofSameAlgorithm(byte[] content) {
        return new Digest(newHasher().digest(content));
    }

    /** Creates a hasher for this digest's algorithm; pass its result to {@link #matches} to verify content. */
    public MessageDigest newHasher() {
        return hasher(isSha256() ? "SHA-256" : "SHA-512");
    }

    public boolean matches(byte[] other) {
        return Arrays.equals(hash, other);
    }

    /** {@code sha256} or {@code sha512}. */
    public String algorithm() {
        return isSha256() ? "sha256" : "sha512";
    }

    public boolean isSha256() {
        return hash.length == SHA256_BYTES;
    }

    public String hex() {
        return HexFormat.of().formatHex(hash);
    }

    /** {@code algorithm:hex}. */
    public String value() {
        return algorithm() + ":" + hex();
    }

    /** Copies the hash, 32 or 64 bytes, into the array. */
    public void copyTo(byte[] target, int at) {
        System.arraycopy(hash, 0, target, at, hash.length);
    }

    /** Orders by {@link #value}. */
    @Override
    public int compareTo(Digest other) {
        return hash.length != other.hash.length
                ? Integer.compare(hash.length, other.hash.length)
                : Arrays.compareUnsigned(hash, other.hash);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Digest digest && Arrays.equals(hash, digest.hash);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(hash);
    }

    @Override
    public String toString() {
        return value();
    }

    private static MessageDigest hasher(String name) {
        try {
            return MessageDigest.getInstance(name);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has " + name, e);
        }
    }
}
