package io.github.gcrsync.state;

import io.github.gcrsync.files.PrivateFiles;
import io.github.gcrsync.files.WholeFile;
import io.github.gcrsync.text.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last verify of a mirror at one destination, as JSON. If the file is missing or damaged, there was none; a failure
 * to write it is logged.
 */
public final class VerifyFile {
    private static final Logger LOG = LoggerFactory.getLogger(VerifyFile.class);
    private static final long FORMAT = 1;

    private final Path file;
    private final String mirror;

    /** @param mirror the key of the mirror; each destination has its own file */
    public VerifyFile(Path stateFolder, String mirror) {
        this.file = stateFolder.toAbsolutePath().resolve("verified").resolve(SuspectFile.name(mirror));
        this.mirror = mirror;
    }

    public void write(VerifyResult result) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("format", FORMAT);
        fields.put("mirror", mirror);
        fields.putAll(result.fields());
        try {
            PrivateFiles.createFolder(file.resolveSibling(""));
            WholeFile.write(file, (Json.text(fields) + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            LOG.warn("cannot record the result of verify: {}", e.toString());
        }
    }

    /** Called whenever somebody looks, so a failure is no warning. */
    public Optional<VerifyResult> read() {
        try {
            if (Files.exists(file) && Json.tree(Files.readAllBytes(file)) instanceof Map<?, ?> fields) {
                return Optional.of(parsed(fields));
            }
        } catch (IOException | RuntimeException e) {
            LOG.debug("the result of verify in {} cannot be read: {}", file, e.toString());
        }
        return Optional.empty();
    }

    private VerifyResult parsed(Map<?, ?> fields) {
        if (!Long.valueOf(FORMAT).equals(fields.get("format")) || !mirror.equals(fields.get("mirror"))) {
            throw new IllegalArgumentException("another format or mirror");
        }
        return new VerifyResult(
                Instant.parse(text(fields, "time")),
                text(fields, "destination"),
                number(fields, "recorded"),
                number(fields, "checked"),
                number(fields, "drifted"),
                number(fields, "unchecked"),
                number(fields, "repaired"),
                Boolean.TRUE.equals(fields.get("deep")),
                fields.get("sample") == null ? Optional.empty() : Optional.of(text(fields, "sample")));
    }

    private static String text(Map<?, ?> fields, String name) {
        if (fields.get(name) instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException("no " + name);
    }

    private static int number(Map<?, ?> fields, String name) {
        if (fields.get(name) instanceof Long number && number >= 0) {
            return Math.toIntExact(number);
        }
        throw new IllegalArgumentException("no " + name);
    }
}
