package io.github.gcrsync.cluster.message;

import io.github.gcrsync.content.Listing.ListedTag;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.plan.CopyTask;
import io.github.gcrsync.plan.Reason;
import io.github.gcrsync.run.Dispatch;
import io.github.gcrsync.text.JsonFields;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The data of a task: images of one repository for the same destinations.
 *
 * @param attempt begins at 1; further ones follow if a side was not reachable
 */
public record Assignment(String mirror, int attempt, Dispatch.Repository work) {
    /** The name of these tasks. */
    public static final String NAME = "copy";

    /** Most attempts to reach a side that has failed as a whole. */
    public static final int MOST_ATTEMPTS = 4;

    public boolean isFirstAttempt() {
        return attempt == 1;
    }

    public boolean isLastAttempt() {
        return attempt >= MOST_ATTEMPTS;
    }

    /** Returns what is left without a destination. */
    public Assignment without(String place) {
        List<Dispatch.Part> left = work.parts().stream()
                .filter(part -> !part.place().equals(place))
                .toList();
        return new Assignment(mirror, attempt, new Dispatch.Repository(work.from(), work.tags(), left));
    }

    Map<String, @Nullable Object> fields() {
        JsonFields fields = new JsonFields();
        fields.put("mirror", mirror);
        fields.put("attempt", attempt);
        fields.put("from", work.from());
        fields.put("tags", work.tags().stream().map(Assignment::fields).toList());
        fields.put("parts", work.parts().stream().map(Assignment::fields).toList());
        return fields.map();
    }

    private static Map<String, @Nullable Object> fields(ListedTag tag) {
        JsonFields fields = new JsonFields();
        fields.put("tag", tag.tag());
        fields.put("digest", tag.digest());
        return fields.map();
    }

    private static Map<String, @Nullable Object> fields(Dispatch.Part part) {
        JsonFields fields = new JsonFields();
        fields.put("place", part.place());
        fields.put("copies", part.copies().stream().map(Assignment::fields).toList());
        fields.put(
                "referring", part.referring().stream().map(Assignment::fields).toList());
        fields.put("empty", part.empty().stream().map(RepositoryName::value).toList());
        return fields.map();
    }

    private static Map<String, @Nullable Object> fields(CopyTask task) {
        JsonFields fields = new JsonFields();
        fields.put("name", task.name());
        fields.put("tag", task.tag());
        fields.put("digest", task.digest());
        fields.put("pinned", task.isPinned());
        fields.put("to", task.to());
        fields.put("toTag", task.toTag());
        fields.put("reason", task.reason().name());
        fields.put("as", task.as());
        return fields.map();
    }

    /** @throws RuntimeException if the fields are not those of an assignment */
    static Assignment of(JsonFields fields) {
        RepositoryName from = new RepositoryName(fields.text("from"));
        return new Assignment(
                fields.text("mirror"),
                (int) fields.number("attempt"),
                new Dispatch.Repository(
                        from,
                        fields.list("tags").stream()
                                .map(tag -> new ListedTag(
                                        tag.text("tag"), tag.optional("digest").map(Digest::new)))
                                .toList(),
                        fields.list("parts").stream()
                                .map(part -> part(from, part))
                                .toList()));
    }

    private static Dispatch.Part part(RepositoryName from, JsonFields part) {
        return new Dispatch.Part(
                part.text("place"),
                tasks(from, part.list("copies")),
                tasks(from, part.list("referring")),
                new HashSet<>(
                        part.texts("empty").stream().map(RepositoryName::new).toList()));
    }

    private static List<CopyTask> tasks(RepositoryName from, List<JsonFields> tasks) {
        return tasks.stream()
                .map(task -> new CopyTask(
                        from,
                        new RepositoryName(task.text("name")),
                        task.text("tag"),
                        new Digest(task.text("digest")),
                        task.truth("pinned"),
                        new RepositoryName(task.text("to")),
                        task.text("toTag"),
                        Reason.valueOf(task.text("reason")),
                        task.optional("as").map(Digest::new)))
                .toList();
    }
}
