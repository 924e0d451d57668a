package io.github.gcrsync.bundle;

import io.github.gcrsync.bundle.Contents.Assumed;
import io.github.gcrsync.bundle.Contents.Image;
import io.github.gcrsync.bundle.Contents.Named;
import io.github.gcrsync.bundle.Contents.OfRepository;
import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.ledger.ImageKey;
import io.github.gcrsync.ledger.NamespaceFiles;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.oci.Tag;
import io.github.gcrsync.text.Json;
import io.github.gcrsync.text.JsonFields;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/** The file {@code bundle.json} at the beginning of each part, as {@code docs/bundle-format.md} describes it. */
final class ContentsJson {
    static final int MOST_PARTS = 99_999;

    private static final long FORMAT = 1;

    private ContentsJson() {}

    /**
     * The place of a part among all.
     *
     * @param number from 1
     * @param set equal in all parts of a bundle
     */
    record Part(int number, int of, String set) {}

    record Read(Contents contents, Part part) {
        boolean isOfSameBundle(Read other) {
            return part.of() == other.part.of()
                    && part.set().equals(other.part.set())
                    && contents.equals(other.contents);
        }
    }

    /** Returns what is the same in all parts; its hash identifies the bundle. */
    static JsonFields fields(Contents contents) {
        JsonFields fields = new JsonFields();
        fields.put("format", FORMAT);
        fields.put("mirror", contents.mirror());
        fields.put("source", contents.source());
        fields.put("commit", contents.commit());
        fields.put("since", contents.since());
        fields.put("images", contents.images().stream().map(ContentsJson::image).toList());
        fields.put(
                "repositories",
                contents.repositories().stream().map(ContentsJson::repository).toList());
        fields.put(
                "assumed",
                contents.assumed().stream().map(ContentsJson::assumed).toList());
        return fields;
    }

    static byte[] written(Contents contents, int part, int of) {
        JsonFields fields = fields(contents);
        String set = Digest.sha256(bytes(fields)).value();
        fields.put("part", part);
        fields.put("parts", of);
        fields.put("set", set);
        return bytes(fields);
    }

    private static byte[] bytes(JsonFields fields) {
        return (Json.text(fields.map()) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    static Map<String, @Nullable Object> image(Image image) {
        JsonFields fields = new JsonFields();
        fields.put("image", image.key().toString());
        fields.put("digest", image.digest());
        fields.put("referrers", image.referrers());
        fields.put("included", image.isIncluded());
        return fields.map();
    }

    private static Map<String, @Nullable Object> repository(OfRepository repository) {
        JsonFields fields = new JsonFields();
        fields.put("name", repository.name());
        fields.put(
                "manifests",
                repository.manifests().stream().map(ContentsJson::named).toList());
        return fields.map();
    }

    private static Map<String, @Nullable Object> named(Named named) {
        JsonFields fields = new JsonFields();
        fields.put("mediaType", named.manifest().mediaType());
        fields.put("digest", named.manifest().digest());
        fields.put("size", named.manifest().size());
        fields.put("tags", named.tags());
        return fields.map();
    }

    private static Map<String, @Nullable Object> assumed(Assumed assumed) {
        JsonFields fields = new JsonFields();
        fields.put("digest", assumed.blob());
        fields.put("size", assumed.size());
        fields.put("repository", assumed.repository());
        return fields.map();
    }

    /** @throws ContentException if the bytes are not of this format */
    static Read read(byte[] content) {
        try {
            JsonFields fields = JsonFields.of(content);
            if (fields.number("format") != FORMAT) {
                throw new ContentException.Unsupported("the bundle has format " + fields.number("format")
                        + ", and this version of gcrsync reads format " + FORMAT + "; use a newer version");
            }
            Contents contents = new Contents(
                    fields.text("mirror"),
                    fields.text("source"),
                    fields.optional("commit"),
                    fields.optional("since"),
                    fields.list("images").stream().map(ContentsJson::image).toList(),
                    fields.list("repositories").stream()
                            .map(ContentsJson::repository)
                            .toList(),
                    fields.list("assumed").stream().map(ContentsJson::assumed).toList());
            require(NamespaceFiles.isValid(contents.mirror()), "its mirror is invalid");
            long part = fields.number("part");
            long parts = fields.number("parts");
            require(part >= 1 && part <= parts && parts <= MOST_PARTS, "its part is invalid");
            return new Read(contents, new Part((int) part, (int) parts, fields.text("set")));
        } catch (IllegalArgumentException | JacksonException e) {
            throw new ContentException.Corrupt(BundleLayout.CONTENTS + " is damaged: " + e.getMessage(), e);
        }
    }

    private static void require(boolean isTrue, String otherwise) {
        if (!isTrue) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    static Image image(JsonFields fields) {
        return new Image(
                ImageKey.parse(fields.text("image"))
                        .orElseThrow(() -> new IllegalArgumentException("an image has an invalid name")),
                new Digest(fields.text("digest")),
                fields.text("referrers"),
                fields.truth("included"));
    }

    private static OfRepository repository(JsonFields fields) {
        return new OfRepository(
                new RepositoryName(fields.text("name")),
                fields.list("manifests").stream().map(ContentsJson::named).toList());
    }

    private static Named named(JsonFields fields) {
        List<String> tags = fields.texts("tags");
        tags.forEach(Tag::checked);
        return new Named(
                new Descriptor(fields.text("mediaType"), new Digest(fields.text("digest")), fields.number("size")),
                tags);
    }

    private static Assumed assumed(JsonFields fields) {
        return new Assumed(
                new Digest(fields.text("digest")),
                fields.number("size"),
                new RepositoryName(fields.text("repository")));
    }
}
