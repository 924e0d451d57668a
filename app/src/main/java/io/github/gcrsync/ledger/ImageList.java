package io.github.gcrsync.ledger;

import io.github.gcrsync.text.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.JacksonIOException;

/**
 * The file {@code ImageList}: a JSON array of {@code <name>:<tag>}, sorted by bytes, byte for byte as the original
 * wrote it (Go's {@code json.MarshalIndent} with four blanks, no newline at the end).
 */
public final class ImageList {
    private static final int ENTRIES_PER_CHUNK = 4096;

    private ImageList() {}

    /** Returns the content of the file for these entries, sorted and without duplicates. */
    public static byte[] json(Collection<String> entries) {
        try {
            return content(table(entries.stream().map(KeyTable::key).toList())).bytes();
        } catch (IOException e) {
            throw new IllegalStateException("cannot happen: reading from memory", e);
        }
    }

    public static KeyTable parse(FileContent file) throws IOException, MalformedException {
        int bytes = Math.toIntExact(file.length());
        KeyTable.Builder sorted = new KeyTable.Builder(bytes / 32, bytes - bytes / 4);
        List<byte[]> unsorted = new ArrayList<>();
        try (InputStream in = file.open();
                JsonParser json = Json.parser(in)) {
            read(json, sorted, unsorted);
        } catch (JacksonIOException e) {
            throw new IOException(e.getMessage(), e);
        } catch (JacksonException e) {
            // A conflict marker is not JSON either; report it as what it is.
            ConflictMarkers.refuse(file);
            throw MalformedException.damaged(
                    Math.max(1, e.getLocation() == null ? 1 : e.getLocation().getLineNr()),
                    "not a JSON array of texts");
        }
        KeyTable table = sorted.build();
        return unsorted.isEmpty() ? table : KeyTable.union(table, table(unsorted));
    }

    private static void read(JsonParser json, KeyTable.Builder sorted, List<byte[]> unsorted)
            throws MalformedException {
        JsonToken start = json.nextToken();
        if (start == JsonToken.VALUE_NULL) {
            // Go writes this for a nil slice
            return;
        }
        if (start != JsonToken.START_ARRAY) {
            throw damaged(json);
        }
        for (JsonToken token = json.nextToken(); token != JsonToken.END_ARRAY; token = json.nextToken()) {
            if (token != JsonToken.VALUE_STRING) {
                throw damaged(json);
            }
            byte[] key = KeyTable.key(json.getString());
            if (sorted.add(key, 0, key.length) < 0) {
                unsorted.add(key);
            }
        }
        if (json.nextToken() != null) {
            throw damaged(json);
        }
    }

    private static MalformedException damaged(JsonParser json) {
        return MalformedException.damaged(
                Math.max(1, json.currentTokenLocation().getLineNr()), "not a JSON array of texts");
    }

    static KeyTable table(Collection<byte[]> keys) {
        byte[][] sorted = keys.toArray(byte[][]::new);
        Arrays.sort(sorted, Arrays::compareUnsigned);
        KeyTable.Builder table = new KeyTable.Builder(sorted.length, 0);
        for (byte[] key : sorted) {
            table.add(key, 0, key.length);
        }
        return table.build();
    }

    public static FileContent content(KeyTable entries) {
        if (entries.size() == 0) {
            return FileContent.of("[]".getBytes(StandardCharsets.US_ASCII));
        }
        int chunks = (entries.size() + ENTRIES_PER_CHUNK - 1) / ENTRIES_PER_CHUNK;
        long length = 0;
        for (int chunk = 0; chunk < chunks; chunk++) {
            length += chunk(entries, chunk).length;
        }
        return FileContent.inChunks(length, chunks, chunk -> chunk(entries, chunk));
    }

    private static byte[] chunk(KeyTable entries, int chunk) {
        int start = chunk * ENTRIES_PER_CHUNK;
        int end = Math.min(entries.size(), start + ENTRIES_PER_CHUNK);
        ByteArrayOutputStream out = new ByteArrayOutputStream(ENTRIES_PER_CHUNK * 48);
        for (int i = start; i < end; i++) {
            out.writeBytes((i == 0 ? "[\n    \"" : ",\n    \"").getBytes(StandardCharsets.US_ASCII));
            out.writeBytes(escaped(entries.copy(i)));
            out.write('"');
        }
        if (end == entries.size()) {
            out.writeBytes("\n]".getBytes(StandardCharsets.US_ASCII));
        }
        return out.toByteArray();
    }

    /** Escapes like Go. No valid name or tag needs it, but odd existing entries must survive. */
    private static byte[] escaped(byte[] key) {
        for (byte b : key) {
            if ((b < ' ' && b >= 0) || b == '"' || b == '\\' || b == '<' || b == '>' || b == '&') {
                return slowlyEscaped(key);
            }
        }
        return key;
    }

    private static byte[] slowlyEscaped(byte[] key) {
        StringBuilder text = new StringBuilder();
        for (char c : new String(key, StandardCharsets.UTF_8).toCharArray()) {
            switch (c) {
                case '"', '\\' -> text.append('\\').append(c);
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\t' -> text.append("\\t");
                default -> {
                    if (c < ' ' || c == '<' || c == '>' || c == '&') {
                        text.append(String.format("\\u%04x", (int) c));
                    } else {
                        text.append(c);
                    }
                }
            }
        }
        return KeyTable.key(text.toString());
    }
}
