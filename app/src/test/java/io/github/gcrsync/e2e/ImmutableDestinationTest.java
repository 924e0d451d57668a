package io.github.gcrsync.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.github.gcrsync.cli.InProcess;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.TestRegistry;
import io.github.gcrsync.text.JsonFields;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Mirrors to a registry whose tags cannot be overwritten, not even with an equal digest, like Amazon ECR. */
final class ImmutableDestinationTest extends BetweenRegistries {
    private static final SampleImage BEFORE = SampleImages.oci(1);
    private static final SampleImage AFTER = SampleImages.oci(2);
    private static final Path SCHEMA =
            Path.of(System.getProperty("gcrsync.root", "..")).resolve("docs/report.schema.json");

    ImmutableDestinationTest() {
        super(
                TestRegistry.builder().gcrListing(true),
                TestRegistry.builder()
                        .immutableTags(
                                400,
                                "TAG_INVALID",
                                "The image tag '1' already exists in the 'mirror/a' repository and cannot be overwritten"
                                        + " because the tag is immutable."));
    }

    @Test
    void acceptsTagThatAlreadyHasTheDigest() {
        source.put("ns/a", "1", BEFORE);
        assertThat(sync().exitCode()).isZero();
        destination.log().clear();

        InProcess.Result again = workplace.sync(source.host(), destination.host() + "/mirror", "--force");

        assertThat(again.exitCode()).as("%s", again).isZero();
        assertThat(destination.log().count("PUT", "/manifests/1$")).isEqualTo(1);
        assertThat(workplace.metadata().images()).containsExactly("a:1");
    }

    @Test
    void holdsMovedTagInEveryRunWithoutQuarantine() throws IOException {
        source.put("ns/a", "1", BEFORE);
        assertThat(sync().exitCode()).isZero();
        source.put("ns/a", "1", AFTER);
        source.put("ns/b", "1", BEFORE);
        Path json = folder.resolve("run.json");

        for (int run = 0; run < 4; run++) { // An image that fails permanently is in quarantine after three.
            destination.log().clear();
            InProcess.Result result = sync("--report", json.toString());

            assertThat(result.exitCode()).as("%s", result).isEqualTo(1);
            assertThat(result.err())
                    .contains("] HELD     a:1  destination: the tag ")
                    .doesNotContain("FAILED");
            assertThat(result.out())
                    .containsPattern("copied +%d".formatted(run == 0 ? 1 : 0))
                    .containsPattern("held +1  the tag cannot be overwritten at the destination")
                    .doesNotContain("failed", "quarantined")
                    .contains("a:1  destination: the tag " + destination.host() + "/mirror/a:1 is " + BEFORE.digest()
                            + " and cannot be overwritten with " + AFTER.digest() + ": HTTP 400 TAG_INVALID")
                    .contains("exclude the tag, delete it at the destination, or make it mutable there");
            assertThat(destination.log().count("PUT", "/mirror/a/manifests/1$")).isEqualTo(1);
            assertThat(SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                            .getSchema(Files.readString(SCHEMA))
                            .validate(Files.readString(json), InputFormat.JSON))
                    .isEmpty();
            JsonFields report = JsonFields.of(Files.readAllBytes(json));
            assertThat(report.number("exitCode")).isEqualTo(1);
            assertThat(report.object("images").number("held")).isEqualTo(1);
            assertThat(report.object("images").number("failed")).isZero();
            assertThat(report.list("failures")).singleElement().satisfies(failure -> {
                assertThat(failure.text("image")).isEqualTo("a:1");
                assertThat(failure.text("cause")).isEqualTo("Held");
            });
            assertThat(report.list("timeline"))
                    .filteredOn(span -> span.text("image").equals("a:1"))
                    .extracting(span -> span.text("outcome"))
                    .containsExactly("held");
        }
        assertThat(destination.manifestDigest("mirror/a", "1")).isEqualTo(BEFORE.digest());
        assertThat(destination.manifestDigest("mirror/b", "1")).isEqualTo(BEFORE.digest());
        assertThat(workplace.metadata().digests())
                .containsEntry("a:1", BEFORE.digest())
                .containsEntry("b:1", BEFORE.digest());
        assertThat(folder.resolve("state/gcrsync/waiting")).isNotEmptyDirectory();
        assertThat(folder.resolve("state/gcrsync/quarantine")).doesNotExist();

        source.put("ns/a", "1", BEFORE);
        assertThat(sync().exitCode()).isZero();
    }

    @Test
    void countsHeldImagesApartFromFailedOnesInReports() throws IOException {
        source.put("ns/a", "1", BEFORE);
        assertThat(sync().exitCode()).isZero();
        source.put("ns/a", "1", AFTER);
        source.put("ns/b", "1", BEFORE);
        source.fault(Fault.on("GET", "/v2/ns/b/manifests/.*").status(403).always());
        Path html = folder.resolve("run.html");
        Path markdown = folder.resolve("summary.md");
        workplace.set("GITHUB_STEP_SUMMARY", markdown.toString());

        InProcess.Result result = sync("--report", html.toString());

        assertThat(result.exitCode()).as("%s", result).isEqualTo(1);
        assertThat(result.out()).containsPattern("held +1  ").containsPattern("failed +1\n");
        assertThat(Files.readString(html))
                .contains("1 failed, 1 held", "<b>1</b><span>held</span>", "<b>1</b><span>failed</span>")
                .contains("1 (held, destination) ", "(failed, source) ", "rect class=\"held\"");
        assertThat(Files.readString(markdown))
                .contains("cannot be overwritten at the destination: 1\n", "| held | side |", "| failed | side |")
                .contains("| 0 | 0 | 0 | 0 | 1 |");
    }

    @Test
    void streamsCauseOfHeldImage() {
        source.put("ns/a", "1", BEFORE);
        assertThat(sync().exitCode()).isZero();
        source.put("ns/a", "1", AFTER);

        assertThat(sync("--log-format", "json").err().lines())
                .filteredOn(line -> line.contains("\"image-failed\""))
                .singleElement()
                .asString()
                .contains("\"cause\":\"Held\"");
    }

    private InProcess.Result sync(String... more) {
        return workplace.sync(source.host(), destination.host() + "/mirror", more);
    }
}
