package io.github.gcrsync.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Two namespaces with one destination and one metadata repository. */
final class SharedDestinationTest extends OnStage {
    private SampleImage first;
    private SampleImage second;

    @BeforeEach
    void mirrorFirst() {
        first = stage.offer("spartakus:v1", 1);
        second = SampleImages.oci(2);
        stage.source().put("other/spartakus", "v1", second);
        stage.source().put("other/own", "v1", SampleImages.oci(3));
        assertThat(stage.run("sync").exitCode()).isZero();
    }

    @Test
    void doesNotOverwriteImageOfAnotherNamespace() {
        String conflict =
                ("spartakus:v1  destination: %s/mirror/spartakus:v1 belongs to ns/spartakus:v1, which the ledger of"
                                + " ns records there with %s; %s/other/spartakus:v1 is %s")
                        .formatted(
                                stage.destination().host(),
                                first.digest(),
                                stage.source().host(),
                                second.digest());

        Result tested = stage.run("test", "--namespace=other");
        Result synced = stage.run("sync", "--namespace=other");
        Result forced = stage.run("sync", "--namespace=other", "--force");

        assertThat(tested.exitCode()).as("%s", tested).isEqualTo(1);
        assertThat(tested.out()).contains("FAIL  " + conflict).contains("1 to copy");
        assertThat(synced.exitCode()).as("%s", synced).isEqualTo(1);
        assertThat(synced.out()).contains(conflict).contains("--name-template").containsPattern("copied +1 ");
        assertThat(forced.out()).contains(conflict);
        assertThat(stage.mirrored("spartakus:v1")).isEqualTo(first.digest());
        assertThat(ledger("other")).contains("own:v1 ").doesNotContain("spartakus");
        Result again = stage.run("sync");
        assertThat(again.exitCode()).as("%s", again).isZero();
    }

    @Test
    void allowsEqualDigests() {
        stage.source().put("other/spartakus", "v1", first);

        Result result = stage.run("sync", "--namespace=other");

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(result.out()).containsPattern("already there +1 ");
        assertThat(ledger("other")).contains("spartakus:v1 " + first.digest());
    }

    @Test
    void updatesSharedTagThatMovesAtBothSources() {
        stage.source().put("other/spartakus", "v1", first);
        assertThat(stage.run("sync", "--namespace=other").exitCode()).isZero();
        stage.source().put("ns/spartakus", "v1", second);
        stage.source().put("other/spartakus", "v1", second);

        Result blocked = stage.run("sync");
        Result followed = stage.run("sync", "--namespace=other");
        Result agreed = stage.run("sync");

        assertThat(blocked.exitCode()).as("%s", blocked).isEqualTo(1);
        assertThat(blocked.out()).contains("belongs to other/spartakus:v1");
        assertThat(followed.exitCode()).as("%s", followed).isZero();
        assertThat(agreed.exitCode()).as("%s", agreed).isZero();
        assertThat(stage.mirrored("spartakus:v1")).isEqualTo(second.digest());
        assertThat(ledger("ns")).contains("spartakus:v1 " + second.digest());
        assertThat(ledger("other")).contains("spartakus:v1 " + second.digest());
    }

    @Test
    void keepsSharedTagThatMovesAtOneSource() {
        stage.source().put("other/spartakus", "v1", first);
        assertThat(stage.run("sync", "--namespace=other").exitCode()).isZero();
        stage.source().put("ns/spartakus", "v1", second);

        for (int run = 0; run < 2; run++) {
            assertThat(stage.run("sync").exitCode()).isEqualTo(1);
            assertThat(stage.run("sync", "--namespace=other").exitCode()).isZero();
        }

        assertThat(stage.mirrored("spartakus:v1")).isEqualTo(first.digest());
        assertThat(ledger("ns")).doesNotContain("spartakus");
    }

    @Test
    void failsOverwrittenImageAlthoughRecorded() throws IOException {
        Path elsewhere = folder.resolve("elsewhere");
        assertThat(stage.run("sync", "--namespace=other", "--metadata=" + elsewhere)
                        .exitCode())
                .isZero();
        Path files = Files.createDirectories(stage.metadata().path().resolve("other"));
        Files.copy(elsewhere.resolve("other/ImageDigests"), files.resolve("ImageDigests"));
        stage.metadata().commitAll("both in one repository");

        Result result = stage.run("sync");

        assertThat(result.exitCode()).as("%s", result).isEqualTo(1);
        assertThat(result.out()).contains("belongs to other/spartakus:v1").contains("ns/spartakus:v1 is");

        Result repaired = stage.run("sync", "--check-destination");
        assertThat(repaired.exitCode()).as("%s", repaired).isEqualTo(1);
        assertThat(stage.metadata().digests())
                .as("what the other one put there")
                .isEmpty();
        assertThat(stage.run("sync", "--namespace=other").exitCode()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "/mirror, x-{repository}, 0",
        "/mirror/sub, {repository}, 0",
        "/mirror, {namespace}/{repository}, 0",
        "'', mirror/{repository}, 1",
        "'', mirror/{repository}:{tag}, 1"
    })
    void comparesNamesOfTemplates(String path, String template, int exitCode) {
        Result result = stage.run(
                "sync",
                "--namespace=other",
                "--destination=" + stage.destination().host() + path,
                "--name-template=" + template);

        assertThat(result.exitCode()).as("%s", result).isEqualTo(exitCode);
        assertThat(result.out().contains("belongs to ns/spartakus:v1")).isEqualTo(exitCode == 1);
    }

    @Test
    void resolvesRegistryPlaceholderOfAnotherSource() {
        String template = "--name-template={registry}/{repository}";
        assertThat(stage.run("sync", template).exitCode()).isZero();

        Result same = stage.run("sync", "--namespace=other", template);
        stage.destination().put("other/spartakus", "v1", second);
        Result different = stage.run(
                "test", "--namespace=other", "--source=" + stage.destination().host(), template);

        assertThat(same.exitCode()).as("%s", same).isEqualTo(1);
        assertThat(different.exitCode()).as("%s", different).isZero();
    }

    static Stream<List<String>> foldersThatMeet() {
        return Stream.of(List.of("m", "m/./"), List.of("m", "m/../m"));
    }

    @ParameterizedTest
    @MethodSource("foldersThatMeet")
    void comparesFoldersByPath(List<String> folders) {
        assertThat(stage.run("sync", "--destination=oci:" + folder.resolve(folders.get(0)))
                        .exitCode())
                .isZero();

        Result result = stage.run("sync", "--namespace=other", "--destination=oci:" + folder + "/" + folders.get(1));

        assertThat(result.exitCode()).as("%s", result).isEqualTo(1);
        assertThat(result.out()).contains(folder + "/m/spartakus:v1 belongs to ns/spartakus:v1");
    }

    @Test
    void toleratesDamagedLedgerOfAnotherNamespace() throws IOException {
        Path files = Files.createDirectories(stage.metadata().path().resolve("damaged"));
        Files.writeString(files.resolve("ImageDigests"), "nonsense\n");
        stage.metadata().commitAll("a damaged file");

        Result result = stage.run("sync", "--log-format=json");

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(result.err()).contains("cannot read damaged/ImageDigests: line 1");
    }

    private String ledger(String namespace) {
        return stage.metadata().git("show", "HEAD:" + namespace + "/ImageDigests");
    }
}
