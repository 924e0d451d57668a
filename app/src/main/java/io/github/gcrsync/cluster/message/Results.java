package io.github.gcrsync.cluster.message;

import io.github.gcrsync.ledger.Attributes;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.plan.Refs;
import io.github.gcrsync.run.Dispatch;
import io.github.gcrsync.run.Dispatch.Result;
import io.github.gcrsync.run.Moved;
import io.github.gcrsync.text.Json;
import io.github.gcrsync.text.JsonFields;
import io.github.gcrsync.text.Sizes;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a worker reports of a task.
 *
 * @param pulled bytes read from the source
 */
public record Results(List<Part> parts, long pulled) {
    public static final Results NONE = new Results(List.of(), 0);

    public Results {
        parts = List.copyOf(parts);
    }

    /**
     * @param place names the destination
     * @param lost why this or the source has failed as a whole, as far as the worker can tell
     */
    public record Part(String place, List<Image> images, Moved moved, Optional<String> lost) {
        public Part {
            images = List.copyOf(images);
        }
    }

    public record Image(String name, Result result) {}

    public String json() {
        JsonFields fields = new JsonFields();
        fields.put("parts", parts.stream().map(Results::fields).toList());
        fields.put("pulled", pulled);
        return Json.text(fields.map());
    }

    private static Map<String, @Nullable Object> fields(Part part) {
        JsonFields fields = new JsonFields();
        fields.put("place", part.place());
        fields.put("images", part.images().stream().map(Results::fields).toList());
        fields.put("lost", part.lost());
        Moved moved = part.moved();
        fields.put("bytes", moved.bytes());
        fields.put("uploaded", moved.uploaded());
        fields.put("mounted", moved.mounted());
        fields.put("mountedBytes", moved.mountedBytes());
        fields.put("alreadyThere", moved.alreadyThere());
        fields.put("alreadyThereBytes", moved.alreadyThereBytes());
        return fields.map();
    }

    private static Map<String, @Nullable Object> fields(Image image) {
        JsonFields fields = new JsonFields();
        fields.put("image", image.name());
        fields.put("is", image.result().getClass().getSimpleName());
        switch (image.result()) {
            case Result.Copied copied -> {
                fields.put("digest", copied.digest());
                fields.put("stored", copied.stored());
                fields.put("refs", copied.refs().map(Refs::text));
                fields.put("referrers", Reasons.fields(copied.referrers()));
            }
            case Result.Referred referred -> {
                fields.put("refs", referred.refs().map(Refs::text));
                fields.put("referrers", Reasons.fields(referred.referrers()));
            }
            case Result.Skipped skipped -> fields.put("reason", skipped.reason());
            case Result.Failed failed -> {
                fields.put("digest", failed.digest());
                fields.put("reason", Reasons.fields(failed.reason()));
            }
            case Result.Vanished _, Result.Postponed _, Result.ReferrersPostponed _ -> {}
        }
        return fields.map();
    }

    /** @throws RuntimeException if the text is not that of results */
    public static Results of(String json) {
        JsonFields fields = JsonFields.of(json.getBytes(StandardCharsets.UTF_8));
        return new Results(fields.list("parts").stream().map(Results::part).toList(), fields.number("pulled"));
    }

    private static Part part(JsonFields part) {
        return new Part(
                part.text("place"),
                part.list("images").stream()
                        .map(image -> new Image(image.text("image"), result(image)))
                        .toList(),
                new Moved(
                        part.number("bytes"),
                        part.number("uploaded"),
                        part.number("mounted"),
                        part.number("mountedBytes"),
                        part.number("alreadyThere"),
                        part.number("alreadyThereBytes")),
                part.optional("lost"));
    }

    private static Result result(JsonFields image) {
        return switch (image.text("is")) {
            case "Copied" ->
                new Result.Copied(
                        new Digest(image.text("digest")),
                        new Digest(image.text("stored")),
                        refs(image),
                        Reasons.referrers(image.object("referrers")));
            case "Referred" -> new Result.Referred(refs(image), Reasons.referrers(image.object("referrers")));
            case "Vanished" -> new Result.Vanished();
            case "Skipped" -> new Result.Skipped(image.text("reason"));
            case "Failed" -> new Result.Failed(new Digest(image.text("digest")), Reasons.of(image.object("reason")));
            case "Postponed" -> new Result.Postponed();
            case "ReferrersPostponed" -> new Result.ReferrersPostponed();
            default -> throw new IllegalArgumentException("unknown result " + image.text("is"));
        };
    }

    private static Optional<Refs> refs(JsonFields image) {
        return image.optional("refs").flatMap(text -> Refs.recorded(Attributes.NONE.with(Attributes.REFS, text)));
    }

    /** Says how many images ended how, such as {@code 3 copied, 1 failed; 12.1 MiB read}. */
    public String words() {
        Map<String, Integer> counts = new TreeMap<>();
        parts.forEach(part -> part.images()
                .forEach(image -> counts.merge(
                        image.result().getClass().getSimpleName().toLowerCase(Locale.ROOT), 1, Integer::sum)));
        String images = counts.isEmpty()
                ? "nothing"
                : counts.entrySet().stream()
                        .map(count -> count.getValue() + " " + count.getKey())
                        .collect(Collectors.joining(", "));
        return images + "; " + Sizes.bytes(pulled) + " read";
    }

    /** Hands the results over to a run. */
    public void tell(Dispatch.Work work) {
        for (Part part : parts) {
            part.images().forEach(image -> work.ended(part.place(), image.name(), image.result()));
            work.moved(part.place(), part.moved());
        }
        work.pulled(pulled);
    }
}
