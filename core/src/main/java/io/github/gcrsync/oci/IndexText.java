package io.github.gcrsync.oci;

import io.github.gcrsync.text.Json;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Changes the entries of an index in its JSON text; all other bytes stay, so equal input gives equal bytes. */
public final class IndexText {
    private final byte[] text;
    private final List<Entry> entries = new ArrayList<>();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    /** Where the first entry may begin; -1 if there is no list of entries. */
    private int beginning = -1;

    /** The bytes from {@code start} to before {@code end}. */
    private record Span(int start, int end) {}

    private record Entry(Span whole, Span digest, Span size) {}

    private IndexText(byte[] text) {
        this.text = text;
    }

    /**
     * Returns the index with other entries; the index itself if nothing changes.
     *
     * @param entries for each entry of the index what becomes of it: empty removes it, another descriptor replaces its
     *     digest and size
     * @throws InvalidManifestException if the text is not UTF-8
     */
    public static Manifest.Index with(Manifest.Index index, List<Optional<Descriptor>> entries) {
        List<Descriptor> wanted = entries.stream().flatMap(Optional::stream).toList();
        if (wanted.equals(index.manifests())) {
            return index;
        }
        byte[] changed = new IndexText(index.content().toArray()).changed(index.manifests(), entries);
        Descriptor before = index.descriptor();
        Manifest parsed = Manifest.parse(before.mediaType(), before.digest().ofSameAlgorithm(changed), changed);
        if (parsed instanceof Manifest.Index result && result.manifests().equals(wanted)) {
            return result;
        }
        throw new InvalidManifestException("cannot remove entries from the text of the index " + before.digest());
    }

    /**
     * Returns the index with more entries behind the others.
     *
     * @throws InvalidManifestException if the text is not UTF-8, or has null for the entries
     */
    public static Manifest.Index withMore(Manifest.Index index, List<Descriptor> more) {
        if (more.isEmpty()) {
            return index;
        }
        byte[] changed = new IndexText(index.content().toArray()).appended(more);
        List<Descriptor> wanted =
                Stream.concat(index.manifests().stream(), more.stream()).toList();
        Descriptor before = index.descriptor();
        Manifest parsed = Manifest.parse(before.mediaType(), before.digest().ofSameAlgorithm(changed), changed);
        if (parsed instanceof Manifest.Index result && result.manifests().equals(wanted)) {
            return result;
        }
        throw new InvalidManifestException("cannot add entries to the text of the index " + before.digest());
    }

    private byte[] appended(List<Descriptor> more) {
        find();
        int at = entries.isEmpty() ? beginning : entries.getLast().whole().end();
        copy(0, at);
        String added = more.stream()
                .map(descriptor -> Json.written(json -> DescriptorJson.write(json, descriptor)))
                .collect(Collectors.joining(","));
        out.writeBytes(((entries.isEmpty() ? "" : ",") + added).getBytes(StandardCharsets.UTF_8));
        copy(at, text.length);
        return out.toByteArray();
    }

    private byte[] changed(List<Descriptor> before, List<Optional<Descriptor>> after) {
        find();
        if (entries.size() != before.size()) {
            throw new InvalidManifestException("cannot find the entries of the index in its text");
        }
        // An entry goes together with the separator before it; the first entry that stays has none.
        copy(0, entries.getFirst().whole().start());
        boolean isFirst = true;
        for (int i = 0; i < entries.size(); i++) {
            if (after.get(i).isPresent()) {
                Entry entry = entries.get(i);
                int from = isFirst
                        ? entry.whole().start()
                        : entries.get(i - 1).whole().end();
                write(entry, from, before.get(i), after.get(i).get());
                isFirst = false;
            }
        }
        copy(entries.getLast().whole().end(), text.length);
        return out.toByteArray();
    }

    private void write(Entry entry, int from, Descriptor before, Descriptor after) {
        if (before.equals(after)) {
            copy(from, entry.whole().end());
            return;
        }
        boolean digestFirst = entry.digest().start() < entry.size().start();
        Span first = digestFirst ? entry.digest() : entry.size();
        Span second = digestFirst ? entry.size() : entry.digest();
        String digest = "\"" + after.digest() + "\"";
        String size = String.valueOf(after.size());
        copy(from, first.start());
        out.writeBytes((digestFirst ? digest : size).getBytes(StandardCharsets.UTF_8));
        copy(first.end(), second.start());
        out.writeBytes((digestFirst ? size : digest).getBytes(StandardCharsets.UTF_8));
        copy(second.end(), entry.whole().end());
    }

    private void copy(int from, int to) {
        if (from < 0 || to < from) {
            throw new InvalidManifestException("the index is not UTF-8");
        }
        out.write(text, from, to - from);
    }

    private void find() {
        try (JsonParser json = Json.parser(text)) {
            json.nextToken();
            for (String field = json.nextName(); field != null; field = json.nextName()) {
                JsonToken value = json.nextToken();
                if (field.equals("manifests") && value == JsonToken.START_ARRAY) {
                    beginning = end(json);
                    while (json.nextToken() == JsonToken.START_OBJECT) {
                        entries.add(entry(json));
                    }
                } else {
                    json.skipChildren();
                }
            }
        }
    }

    private Entry entry(JsonParser json) {
        int start = start(json);
        Span digest = new Span(0, 0);
        Span size = new Span(0, 0);
        for (String field = json.nextName(); field != null; field = json.nextName()) {
            json.nextToken();
            json.finishToken();
            Span value = new Span(start(json), end(json));
            switch (field) {
                case "digest" -> digest = value;
                case "size" ->
                    size = new Span(
                            value.start(), value.start() + json.getString().length());
                default -> json.skipChildren();
            }
        }
        return new Entry(new Span(start, end(json)), digest, size);
    }

    private static int start(JsonParser json) {
        return (int) json.currentTokenLocation().getByteOffset();
    }

    private static int end(JsonParser json) {
        return (int) json.currentLocation().getByteOffset();
    }
}
