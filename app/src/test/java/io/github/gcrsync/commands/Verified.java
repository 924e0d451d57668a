package io.github.gcrsync.commands;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.text.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What {@code verify --format json} printed for one mirror, as {@code docs/verify.schema.json} describes it. */
public record Verified(int exitCode, Map<?, ?> json) {
    private static final Schema SCHEMA = schema();

    private static Schema schema() {
        Path file = Path.of(System.getProperty("gcrsync.root", "..")).resolve("docs/verify.schema.json");
        try {
            return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                    .getSchema(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static Verified of(Result result) {
        assertThat(result.out()).as("%s", result).isNotEmpty();
        assertThat(SCHEMA.validate(result.out(), InputFormat.JSON))
                .as("%s", result)
                .isEmpty();
        Map<?, ?> json =
                (Map<?, ?>) Objects.requireNonNull(Json.tree(result.out().getBytes(StandardCharsets.UTF_8)));
        return new Verified(result.exitCode(), json);
    }

    public int count(String name) {
        Map<?, ?> counts = (Map<?, ?>) Objects.requireNonNull(json.get("counts"));
        return Integer.parseInt(String.valueOf(counts.get(name)));
    }

    /** Returns {@code IMAGE KIND DIGEST} of each finding. */
    public List<String> drift() {
        return entries("drift").stream()
                .map(found -> found.get("image") + " " + found.get("kind")
                        + (found.get("digest") == null ? "" : " " + found.get("digest")))
                .toList();
    }

    public List<String> reasons() {
        return entries("drift").stream()
                .map(found -> String.valueOf(found.get("reason")))
                .toList();
    }

    /** Returns {@code IMAGE REASON} of what could not be checked. */
    public List<String> unchecked() {
        return entries("unchecked").stream()
                .map(found -> found.get("image") + " " + found.get("reason"))
                .toList();
    }

    /** Returns the images that are sound again. */
    public List<String> repaired() {
        return ((List<?>) Objects.requireNonNull(json.get("repaired")))
                .stream().map(String::valueOf).toList();
    }

    /** Returns {@code IMAGE REASON} of what is not repaired. */
    public List<String> notRepaired() {
        return entries("notRepaired").stream()
                .map(found -> found.get("image") + " " + found.get("reason"))
                .toList();
    }

    private List<Map<?, ?>> entries(String name) {
        return ((List<?>) Objects.requireNonNull(json.get(name)))
                .stream()
                        .<Map<?, ?>>map(entry -> (Map<?, ?>) Objects.requireNonNull(entry))
                        .toList();
    }
}
