package io.github.gcrsync.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.github.gcrsync.cli.InProcess;
import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.config.ConfigFile;
import io.github.gcrsync.config.Mirrors;
import io.github.gcrsync.config.WholeRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The schema of gcrsync.yaml: what it accepts, the program accepts; and it refuses wrong files. */
final class ConfigSchemaTest {
    private static final Path PUBLISHED = ProjectFiles.ROOT.resolve("docs/gcrsync.schema.json");

    private static final String GUIDE = ProjectFiles.text(ProjectFiles.ROOT.resolve("docs/guide.md"));
    private static final Pattern WISH = Pattern.compile("(?m)^\\| .* \\| `(--[^|]*)` \\| `(tags: \\{[^|]*})` \\|$");

    @TempDir
    Path folder;

    /** Name and content of each configuration that the project shows. */
    static Stream<List<String>> shown() {
        Stream<List<String>> blocks = Markdown.all().stream()
                .flatMap(document -> document.blocks("yaml").stream()
                        .map(block -> List.of(document + ":" + block.line(), block.text())));
        Stream<List<String>> files = ProjectFiles.under("examples").stream()
                .filter(file -> file.toString().matches(".*(?:gcrsync\\.yaml|examples/mirrors/.*)"))
                .map(file -> List.of(file.toString(), ProjectFiles.text(file)));
        Stream<List<String>> maps = Stream.of(Examples.KUBERNETES, Examples.SERVER_MANIFESTS)
                .flatMap(file -> Yaml.readAll(file).stream()
                        .filter(manifest -> manifest.at("/kind").asString().equals("ConfigMap"))
                        .map(map -> List.of(
                                file.toString(), map.at("/data/gcrsync.yaml").asString())));
        return Stream.concat(Stream.concat(blocks, files), maps);
    }

    @Test
    void isPublished() throws IOException {
        String printed = InProcess.run(Map.of(), List.of("config", "schema")).out();
        if (Boolean.getBoolean("gcrsync.update")) {
            Files.writeString(PUBLISHED, printed);
        }

        assertThat(PUBLISHED)
                .as("write it with -Dtest=ConfigSchemaTest -Dgcrsync.update=true")
                .hasContent(printed);
    }

    @Test
    void findsEveryConfigurationOfProject() {
        assertThat(shown()).hasSizeGreaterThanOrEqualTo(8);
    }

    @ParameterizedTest
    @MethodSource("shown")
    void acceptsShownConfiguration(List<String> shown) throws IOException {
        assertThat(refusals(shown.getLast())).as(shown.getFirst()).isEmpty();
        assertThat(check(shown.getLast())).as(shown.getFirst()).returns(0, Result::exitCode);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "proceslimit: 5",
                "querylimit: many",
                "querylimit: 0",
                "processcount: -2",
                "debug: 7",
                "namespace: true",
                "namespace: [a, b]",
                "namespace: {a: b}",
                "plain-http: [[a]]",
                "log-format: xml",
                "githubtoken: s3cret",
                "config: other.yaml",
                "[]",
                "mirrors: []",
                "mirrors: {a: {source: quay.io}}",
                "mirrors: [a]",
                "mirrors: [{source: quay.io, destination: 'oci:m'}]",
                "mirrors: [{name: a, destination: 'oci:m'}]",
                "mirrors: [{name: A, source: quay.io, destination: 'oci:m'}]",
                "mirrors: [{name: a/../b, source: quay.io, destination: 'oci:m'}]",
                "mirrors: [{name: .git, source: quay.io, destination: 'oci:m'}]",
                "mirrors: [{name: a, source: 'me:secret@quay.io', destination: 'oci:m'}]",
                "defaults: {moved: keep}",
                "selections: {a: {newest: 1}}",
                "mirrors: [{name: a, source: quay.io, destination: 'oci:m'}]\ndefaults: {name: a}",
                "mirrors: [{name: a, source: quay.io, destination: 'oci:m'}]\nselections: {a: {newst: 1}}",
                "mirrors: [{name: a, source: quay.io, destination: 'oci:m'}]\nselections: {a: b}",
                "mirrors: [{name: a, source: quay.io, destination: 'oci:m'}]\nsource: gcr.io",
                "mirrors: [{name: a, source: quay.io, destination: 'oci:m'}]\nnewest: 3"
            })
    void refusesWrongFileLikeProgram(String text) throws IOException {
        assertThat(refusals(text)).isNotEmpty();
        assertThat(check(text)).returns(2, Result::exitCode);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nmae: b",
                "newest: 3",
                "images: []",
                "images: [{}]",
                "images: [[a]]",
                "images: [A]",
                "images: [{a: 3.20}]",
                "images: [{a: }]",
                "images: [{a: {newest: 1}, b: {newest: 1}}]",
                "images: [{'a:1': {newest: 1}}]",
                "images: ['a:b:c']",
                "repositories: [true]",
                "repositories: {a: b}",
                "tags: [a]",
                "tags: {newst: 1}",
                "tags: {newest: 0}",
                "tags: {newest: [1]}",
                "tags: {prereleases: 'yes'}",
                "tags: {by: size}",
                "tags: {per: major}",
                "tags: {versions: ''}",
                "tags: {min-age: 3}",
                "tags: {min-age: ''}",
                "tags: {max-age: 1h2d}",
                "tags: {first-run: never}",
                "tags: {variants: }",
                "fixed: []",
                "moved: never",
                "name-template: x",
                "require-signature: true",
                "require-signature: keyless",
                "require-signature: {}",
                "require-signature: {keys: []}",
                "require-signature: {keys: ['awskms:///alias/a']}",
                "require-signature: {keys: [a.pub], match: most}",
                "require-signature: {keys: [a.pub], platforms: linux/amd64}",
                "require-signature: {keys: [a.pub], identity: 'me@example.com'}",
                "require-signature: {certificate-identity: me, certificate-oidc-issuer: 'https://example.com'}",
                "require-signature: {keys: [a.pub], format: notation}",
                "processcount: 0",
                "schedule: daily",
                "schedule: every day",
                "schedule: every 6",
                "schedule: 30 2 * *",
                "schedule: '* * * * * ?'",
                "schedule: [every 6h]",
                "schedule: ''",
                "zone: ''",
                "zone: [UTC]",
                "notify: true",
                "notify: https://example.com",
                "notify: {}",
                "notify: {url: 'ftp://example.com'}",
                "notify: {url: 'https://me:secret@example.com'}",
                "notify: {url: 'https://example.com', secret: plain}",
                "notify: {url: 'https://example.com', on: never}",
                "notify: {url: 'https://example.com', on: []}",
                "notify: {url: 'https://example.com', to: me}"
            })
    void refusesWrongKeyLikeProgram(String key) throws IOException {
        refusesWrongFileLikeProgram("mirrors: [{name: a, source: quay.io, destination: 'oci:m', " + key + "}]");
    }

    static Stream<MatchResult> wishes() {
        return WISH.matcher(GUIDE).results();
    }

    @ParameterizedTest
    @MethodSource("wishes")
    void showsSameSelectionAsFlagsAndInFile(MatchResult wish) throws IOException {
        List<String> flags = Stream.of(wish.group(1).split(" "))
                .map(word -> word.replace("'", ""))
                .toList();
        String text = "mirrors: [{name: a, source: quay.io, destination: 'oci:m', " + wish.group(2) + "}]";
        Path file = Files.writeString(folder.resolve("gcrsync.yaml"), text);

        Mirrors read = Mirrors.read(ConfigFile.read(file), WholeRun.UNSET);

        assertThat(read.errors()).isEmpty();
        assertThat(refusals(text)).isEmpty();
        assertThat(read.definitions().getFirst().rules().getFirst().selection().selected())
                .isEqualTo(InProcess.tagSelection(flags));
    }

    @Test
    void documentsEveryKey() throws IOException {
        JsonNode schema = Yaml.json(Files.readString(PUBLISHED));

        assertThat(wishes()).hasSizeGreaterThan(5);
        assertThat(Stream.of("/properties/mirrors/items/properties", "/$defs/selection/properties")
                        .flatMap(path -> schema.at(path).propertyNames().stream()))
                .hasSize(32)
                .allSatisfy(key -> assertThat(GUIDE).contains("\n| `" + key + "` |"));
        assertThat(schema.at("/properties/defaults/properties").propertyNames()).hasSize(18);
    }

    private static List<Error> refusals(String yaml) throws IOException {
        Schema schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(Files.readString(PUBLISHED));
        return schema.validate(Yaml.parse(yaml).toString(), InputFormat.JSON);
    }

    private Result check(String yaml) throws IOException {
        Path file = Files.writeString(folder.resolve("gcrsync.yaml"), yaml);
        return InProcess.run(Map.of(), List.of("config", "check", file.toString()));
    }
}
