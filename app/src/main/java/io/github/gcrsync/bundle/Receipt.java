package io.github.gcrsync.bundle;

import io.github.gcrsync.bundle.Contents.Image;
import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.text.Json;
import io.github.gcrsync.text.JsonFields;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;

/**
 * What an import has left at the other side, for the next export: {@code docs/receipt.schema.json}.
 *
 * @param mirror its folder in both ledgers
 * @param commit of the ledger that was exported
 * @param images all that the other side has of the mirror
 */
public record Receipt(String mirror, Optional<String> commit, List<Image> images) {
    private static final String KIND = "gcrsync-receipt";
    private static final long FORMAT = 1;

    public byte[] json() {
        JsonFields fields = new JsonFields();
        fields.put("kind", KIND);
        fields.put("format", FORMAT);
        fields.put("mirror", mirror);
        fields.put("commit", commit);
        fields.put("images", images.stream().map(ContentsJson::image).toList());
        return Json.indented(fields.map()).getBytes(StandardCharsets.UTF_8);
    }

    /** @throws ContentException if the bytes are no receipt */
    public static Receipt of(byte[] json) {
        try {
            JsonFields fields = JsonFields.of(json);
            if (!fields.text("kind").equals(KIND) || fields.number("format") != FORMAT) {
                throw new IllegalArgumentException("another kind or format");
            }
            return new Receipt(
                    fields.text("mirror"),
                    fields.optional("commit"),
                    fields.list("images").stream().map(ContentsJson::image).toList());
        } catch (IllegalArgumentException | JacksonException e) {
            throw new ContentException.Unsupported("not a receipt of gcrsync import: " + e.getMessage());
        }
    }

    public Base base() {
        return new Base(commit, images);
    }
}
