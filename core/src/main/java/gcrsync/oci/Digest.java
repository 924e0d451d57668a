package gcrsync.oci;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * A content digest, {@code algorithm:hex}, of an algorithm that the OCI image specification registers ("Digests":
 * sha256 and sha512). The algorithm is part of the value: content is always checked with the one that named it.
 */
public record Digest(String value) implements Comparable<Digest> {
    private static final Pattern FORM = Pattern.compile("sha256:[a-f0-9]{64}|sha512:[a-f0-9]{128}");

    /** @throws IllegalArgumentException if the value is not a well-formed sha256 or sha512 digest */
    public Digest {
        if (!isValid(value)) {
            throw new IllegalArgumentException("not a sha256 or sha512 digest: " + Printable.shortened(value));
        }
    }

    public static boolean isValid(String value) {
        return FORM.matcher(value).matches();
    }

    public static Digest sha256(byte[] content) {
        return finished("sha256", hasher("SHA-256").digest(content));
    }

    /** The digest of the content by this digest's own algorithm. */
    public Digest ofSameAlgorithm(byte[] content) {
        return finished(algorithm(), newHasher().digest(content));
    }

    /** A hasher whose result, given to {@link #matches}, tells whether the content is what this digest names. */
    public MessageDigest newHasher() {
        return hasher(algorithm().equals("sha256") ? "SHA-256" : "SHA-512");
    }

    public boolean matches(byte[] hash) {
        return hex().equals(HexFormat.of().formatHex(hash));
    }

    /** {@code sha256} or {@code sha512}. */
    public String algorithm() {
        return value.substring(0, value.indexOf(':'));
    }

    public String hex() {
        return value.substring(value.indexOf(':') + 1);
    }

    @Override
    public int compareTo(Digest other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }

    private static Digest finished(String algorithm, byte[] hash) {
        return new Digest(algorithm + ":" + HexFormat.of().formatHex(hash));
    }

    private static MessageDigest hasher(String name) {
        try {
            return MessageDigest.getInstance(name);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has " + name, e);
        }
    }
}
