package io.github.gcrsync.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.github.gcrsync.testkit.Program;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.text.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Bundles and receipts are as {@code docs/bundle-format.md} and {@code docs/receipt.schema.json} describe them. */
final class BundleFormatTest extends AirGap {
    private static final Path DOCS =
            Path.of(System.getProperty("gcrsync.root", "..")).resolve("docs");
    private static final Pattern FIELD = Pattern.compile("(?m)^\\| `([a-z]\\w*(?:\\[\\]\\.\\w+)*(?:\\[\\])?)` \\|");

    @Test
    void matchesItsDocumentation() throws IOException {
        offer("team/app:v1", SampleImages.oci(1));
        fill();
        Path receipt = folder.resolve("receipt.json");
        Path first = exported("first.tar");
        load(first, "--receipt=" + receipt);
        offer("team/app:v2", SampleImages.oci(2));
        offer("team/app:v3", SampleImages.docker("linux/amd64", SampleImages.layer(1, 4)));
        offer("team/other:v1", image("team/app:v1"));
        fill();
        Path second = exported("second.tar", "--since=" + receipt);

        Set<String> fields = new TreeSet<>();
        note(Json.tree(tar("-xOf", second, "bundle.json").getBytes(StandardCharsets.UTF_8)), "", fields);
        String format = Files.readString(DOCS.resolve("bundle-format.md"));
        assertThat(fields)
                .isEqualTo(FIELD.matcher(format)
                        .results()
                        .map(row -> row.group(1))
                        .collect(Collectors.toCollection(TreeSet::new)));

        for (Path file : List.of(first, second)) {
            List<String> paths = tar("-tf", file, "").lines().toList();
            assertThat(paths).startsWith("bundle.json", "CONTENTS.txt").endsWith("SHA256SUMS");
            assertThat(paths.subList(2, paths.size() - 1))
                    .allMatch(path ->
                            path.matches("images/team/(app|other)/(oci-layout|index.json|blobs/sha256/[0-9a-f]{64})"));
        }
        Path extracted = Files.createDirectory(folder.resolve("first"));
        Program.require("tar")
                .arguments("-xf", first.toString())
                .in(extracted)
                .run()
                .orThrow();
        Program.require("sha256sum")
                .arguments("--check", "--strict", "SHA256SUMS")
                .in(extracted)
                .run()
                .orThrow();

        var schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(Files.readString(DOCS.resolve("receipt.schema.json")));
        assertThat(schema.validate(Files.readString(receipt), InputFormat.JSON)).isEmpty();
        assertThat(schema.validate("{\"kind\":\"gcrsync-receipt\"}", InputFormat.JSON))
                .isNotEmpty();
    }

    private String tar(String how, Path file, String member) {
        Program tar = Program.require("tar");
        return (member.isEmpty() ? tar.arguments(how, file.toString()) : tar.arguments(how, file.toString(), member))
                .in(folder)
                .run()
                .orThrow()
                .stdout();
    }

    private static void note(@Nullable Object value, String path, Set<String> fields) {
        if (value instanceof Map<?, ?> object) {
            object.forEach((name, child) -> {
                String field = path.isEmpty() ? String.valueOf(name) : path + "." + name;
                fields.add(field);
                note(child, field, fields);
            });
        } else if (value instanceof List<?> list) {
            list.forEach(child -> note(child, path + "[]", fields));
        }
    }
}
