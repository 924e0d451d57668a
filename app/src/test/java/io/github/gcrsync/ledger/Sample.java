package io.github.gcrsync.ledger;

import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

/** Images for tests. */
public final class Sample {
    public static final String NAMESPACE = "google-containers";
    public static final String SOURCE = "gcr.io/" + NAMESPACE;
    public static final String DESTINATION = "docker.io/gcrcontainer";

    /** 2026-01-02 11:04:05 in Shanghai. */
    public static final Instant START = Instant.parse("2026-01-02T03:04:05Z");

    private Sample() {}

    public static Digest digest(String content) {
        return Digest.sha256(content.getBytes(StandardCharsets.UTF_8));
    }

    public static RepositoryName name(String name) {
        return new RepositoryName(name);
    }

    /** An image whose digest is that of its name, with the original's link. */
    public static Entry entry(String image) {
        return entry(image, image);
    }

    public static Entry entry(String image, String content) {
        return entry(image, content, Attributes.NONE);
    }

    public static Entry entry(String image, String content, Attributes attributes) {
        ImageKey key = ImageKey.parse(image).orElseThrow();
        String link = "https://hub.docker.com/r/gcrcontainer/" + key.name() + "/tags";
        return new Entry(key.name(), key.reference(), digest(content), link, attributes);
    }

    /** A tag that is held back with the digest of this content. */
    public static Ledger.HeldBack held(String image, String content) {
        return Ledger.HeldBack.of(image, digest(content));
    }

    /** Tags that are held back with the digests of their names. */
    public static List<Ledger.HeldBack> heldBack(String... images) {
        return List.of(images).stream().map(image -> held(image, image)).toList();
    }

    /** Returns {@code name@digest}. */
    public static String byDigest(String name, String content) {
        return ImageKey.text(name(name), digest(content).value());
    }

    public static List<Entry> entries(String... images) {
        return List.of(images).stream().map(Sample::entry).toList();
    }
}
