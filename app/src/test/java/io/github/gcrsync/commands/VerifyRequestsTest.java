package io.github.gcrsync.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.testkit.Exchange;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.SampleLayer;
import io.github.gcrsync.testkit.TestRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The requests of verify, and what it says if they fail. */
final class VerifyRequestsTest extends OnStage {
    private final SampleLayer shared = SampleImages.layer(500, 2);

    @Override
    protected Stage open() {
        return new Stage(
                folder,
                TestRegistry.builder().gcrListing(true),
                TestRegistry.builder().sparseIndexes(true));
    }

    private SampleImage put(String name, String tag, SampleImage image) {
        stage.source().put("ns/" + name, tag, image);
        return image;
    }

    private void sync(String... flags) {
        Result result = stage.run("sync", flags);
        assertThat(result.exitCode()).as("%s", result).isZero();
        stage.source().log().clear();
        stage.destination().log().clear();
    }

    private Verified verify(String... flags) {
        return Verified.of(stage.run(
                "verify",
                Stream.concat(Stream.of("--format=json"), Stream.of(flags)).toArray(String[]::new)));
    }

    private void fillTwoRepositories() {
        SampleImage index = SampleImages.index(
                SampleImages.oci("linux/amd64", shared, SampleImages.layer(1, 1)),
                SampleImages.oci("linux/arm64", shared, SampleImages.layer(2, 1)));
        put("a", "1", index);
        put("a", "same", index);
        put("a", "2", SampleImages.oci("linux/amd64", shared, SampleImages.layer(3, 1)));
        put("b", "1", SampleImages.oci("linux/amd64", shared, SampleImages.layer(4, 1)));
        sync();
    }

    @Test
    void asksOncePerDigestAndRepository() {
        fillTwoRepositories();

        Verified verified = verify();

        assertThat(verified.exitCode()).as("%s", verified).isZero();
        assertThat(stage.source().log().count()).isZero();
        assertEachOnce();
        assertThat(stage.destination().log().count("HEAD", "/manifests/"))
                .as("a tag each")
                .isEqualTo(4);
        assertThat(stage.destination().log().count("GET", "/manifests/"))
                .isEqualTo(5)
                .isEqualTo(verified.count("manifests"));
        assertThat(stage.destination().log().count("HEAD", "/blobs/")).isEqualTo(verified.count("blobs"));
        assertThat(stage.destination().log().count("GET", "/blobs/")).isZero();
        assertThat(stage.destination().log().count("GET", "/referrers/|/tags/list"))
                .as("no image has referrers")
                .isZero();
    }

    @Test
    void deepReadsEachBlobOfRegistryOnce() {
        fillTwoRepositories();

        Verified verified = verify("--deep");

        assertThat(verified.exitCode()).as("%s", verified).isZero();
        assertEachOnce();
        assertThat(stage.destination().log().count("GET", "/blobs/" + shared.digest()))
                .isEqualTo(1);
        assertThat(stage.destination().log().count("HEAD", "/blobs/" + shared.digest()))
                .isEqualTo(1);
        assertThat(stage.destination().log().count("HEAD", "/blobs/")).isEqualTo(1);
    }

    private void assertEachOnce() {
        Map<String, Long> requests = stage.destination().log().exchanges().stream()
                .map(exchange -> exchange.method() + " " + exchange.path())
                .filter(request -> !request.endsWith("/v2/"))
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
        assertThat(requests)
                .allSatisfy((request, count) -> assertThat(count).as(request).isEqualTo(1));
    }

    @Test
    void respectsLimitOfQueries() {
        for (int i = 0; i < 12; i++) {
            stage.offer("many:" + i, i);
        }
        sync();

        assertThat(verify("--querylimit=2").exitCode()).isZero();

        assertThat(stage.destination().log().maxInFlight()).isLessThanOrEqualTo(2);
    }

    @Test
    void childMissingAtSourceTooIsNoDrift() {
        SampleImage sparse = put("a", "1", SampleImages.multiPlatform(1));
        List<String> children = List.copyOf(sparse.manifests().keySet());
        stage.source().delete("ns/a", children.getFirst());
        sync();

        Verified whole = verify();
        assertThat(whole.exitCode()).as("%s", whole).isZero();
        assertThat(whole.count("sparse")).isEqualTo(1);

        stage.destination().delete("mirror/a", children.get(1));
        assertThat(verify().drift()).containsExactly("a:1 missing child " + children.get(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"sparse", "rewrite"})
    void expectsOnlyWantedPlatforms(String index) {
        SampleImage image = put("a", "1", SampleImages.multiPlatform(1));
        String[] flags = {"--platform=linux/arm64", "--index=" + index};
        sync(flags);

        assertThat(verify(flags).exitCode()).isZero();
        assertThat(verify(flags).count("manifests")).isEqualTo(2);
        assertThat(stage.source().log().count()).isZero();
        Verified otherRule = verify("--platform=linux/amd64", "--index=" + index);
        assertThat(otherRule.exitCode()).as("%s", otherRule).isZero();

        String child = image.manifests().keySet().stream()
                .filter(digest ->
                        stage.destination().manifestDigest("mirror/a", digest).equals(digest))
                .filter(digest -> !digest.equals(image.digest()))
                .findFirst()
                .orElseThrow();
        stage.destination().delete("mirror/a", child);
        assertThat(verify(flags).drift()).containsExactly("a:1 missing child " + child);
    }

    @Test
    void checksImageWithoutTag() {
        SampleImage image = put("a", "1", SampleImages.oci(1));
        String[] flags = {"--image=a@" + image.digest()};
        sync(flags);
        assertThat(verify(flags).exitCode()).isZero();

        stage.destination().delete("mirror/a", image.digest());

        assertThat(verify(flags).drift())
                .containsExactly("a@" + image.digest() + " missing manifest " + image.digest());
    }

    @Test
    void findsBlobsOfSignaturesAndThoseOfChildren() {
        SampleImage child = SampleImages.oci(1);
        put("a", "1", SampleImages.index(child, SampleImages.oci(2)));
        SampleImage signature = SampleImages.signature(3, child);
        SampleImage ofSignature = SampleImages.signature(4, signature);
        stage.source().put("ns/a", signature);
        stage.source().put("ns/a", ofSignature);
        SampleImage cosign = put("a", SampleImages.cosignTag(child), SampleImages.artifact(5, ""));
        sync();
        assertThat(verify().exitCode()).isZero();
        assertThat(stage.source().log().count()).isZero();

        String payload = ofSignature.blobs().keySet().stream()
                .filter(blob -> !signature.blobs().containsKey(blob))
                .findFirst()
                .orElseThrow();
        stage.destination().deleteBlob("mirror/a", payload);
        assertThat(verify().drift()).containsExactly("a:1 missing blob " + payload);

        stage.destination().delete("mirror/a", ofSignature.digest());
        stage.destination().delete("mirror/a", cosign.digest());
        assertThat(verify().drift())
                .containsExactly(
                        "a:1 missing signature " + ofSignature.digest(), "a:1 missing referrer " + cosign.digest());

        stage.source().delete("ns/a", ofSignature.digest());
        Verified unnamed = verify();
        assertThat(unnamed.drift())
                .containsExactlyInAnyOrder("a:1 missing referrer " + cosign.digest(), "a:1 missing referrer");
        assertThat(unnamed.reasons()).contains("1 of 3 referrers is missing; the source does not name them any more");
    }

    @Test
    void signatureThatWasNeverMirroredIsNoDrift() {
        SampleImage image = put("a", "1", SampleImages.oci(1));
        SampleImage mirrored = SampleImages.signature(2, image);
        stage.source().put("ns/a", mirrored);
        sync();
        stage.destination().put("mirror/a", SampleImages.signature(3, image));
        stage.source().put("ns/a", SampleImages.signature(4, image));

        assertThat(verify().exitCode()).isZero();
        assertThat(stage.source().log().count()).isZero();

        stage.destination().delete("mirror/a", mirrored.digest());
        assertThat(verify().drift()).containsExactly("a:1 missing signature " + mirrored.digest());
    }

    @Test
    void checksMirrorsAndShardsOfFile() throws IOException {
        for (int i = 0; i < 6; i++) {
            stage.offer("app" + i + ":1", i);
        }
        Path file = Files.writeString(folder.resolve("gcrsync.yaml"), """
                mirrors:
                  - name: team
                    source: %s/ns
                    destinations: [{name: hub, to: %s/mirror}, {name: disk, to: 'oci:%s'}]
                """.formatted(
                        stage.source().host(), stage.destination().host(), folder.resolve("mirror")));
        String[] flags = {"--config=" + file, "--metadata=" + folder.resolve("metadata")};
        Workplace place = new Workplace(folder);
        Result synced = place.run("sync", flags[0], flags[1]);
        assertThat(synced.exitCode()).as("%s", synced).isZero();
        stage.destination().delete("mirror/app3", "1");

        Result both = place.run("verify", "team", flags[0], flags[1], "--format=json");

        assertThat(both.exitCode()).as("%s", both).isEqualTo(4);
        List<Verified> verified = both.out()
                .lines()
                .map(line -> Verified.of(new Result(both.exitCode(), line, both.err())))
                .toList();
        assertThat(verified)
                .extracting(
                        each -> each.json().get("mirror") + " " + each.json().get("destination") + " "
                                + each.count("sound") + " " + each.drift().size())
                .containsExactly("team hub 5 1", "team disk 6 0");
    }

    @Test
    void shardsCheckTheirOwnRepositories() {
        for (int i = 0; i < 24; i++) {
            stage.offer("app" + i + ":1", i);
        }
        sync();

        int sum = 0;
        for (int number = 1; number <= 2; number++) {
            Verified part = verify("--shard=" + number + "/2");
            assertThat(part.exitCode()).isZero();
            assertThat(part.json().get("shard")).hasToString("{number=" + number + ", count=2}");
            assertThat(part.count("sound")).isEqualTo(part.count("recorded")).isLessThan(24);
            sum += part.count("recorded");
        }
        assertThat(sum).isEqualTo(24);
        assertThat(stage.run("verify", "--shard=2/2").out()).contains("\n  shard 2 of 2\n");
    }

    @Test
    void failureOfOneImageIsNoDrift() {
        stage.offer("a:1", 1);
        stage.offer("b:1", 2);
        stage.offer("c:1", 3);
        sync();
        stage.destination()
                .fault(Fault.on("GET", "/v2/mirror/b/manifests/").status(403).always());

        Verified one = verify();
        assertThat(one.exitCode()).isEqualTo(3);
        assertThat(one.count("sound")).isEqualTo(2);
        assertThat(one.unchecked())
                .singleElement()
                .asString()
                .startsWith("b:1 ")
                .contains("403");
        assertThat(stage.run("verify").out())
                .containsPattern("unchecked +1\n")
                .containsPattern("    unchecked +b:1  .*403");

        stage.destination().delete("mirror/c", "1");
        Verified both = verify();
        assertThat(both.exitCode()).as("drift weighs more").isEqualTo(4);
        assertThat(both.count("unchecked")).isEqualTo(1);
        assertThat(both.drift()).hasSize(1);
    }

    @Test
    void driftThatCannotBeCheckedAgainIsNotRepaired() {
        stage.offer("a:1", 1);
        sync();
        stage.destination().delete("mirror/a", "1");
        stage.destination()
                .fault(Fault.on("HEAD", "/v2/mirror/a/manifests/")
                        .skip(1)
                        .status(403)
                        .always());

        Verified verified = verify("--repair");

        assertThat(verified.exitCode()).as("%s", verified).isEqualTo(3);
        assertThat(verified.repaired()).isEmpty();
    }

    @Test
    void checksAnotherPartEveryDay() {
        for (int i = 0; i < 30; i++) {
            stage.offer("many:" + i, 1);
        }
        sync();
        Set<String> asked = new HashSet<>();
        int checked = 0;
        for (int day = 0; day < 4; day++) {
            stage.at(Clock.fixed(Instant.parse("2026-11-0" + (day + 1) + "T12:00:00Z"), ZoneOffset.UTC));
            stage.destination().log().clear();
            Verified part = verify("--sample=25%");
            assertThat(part.exitCode()).isZero();
            assertThat(part.count("recorded")).isEqualTo(30);
            assertThat(part.json().get("sample")).hasToString("{share=25%, day=2026-11-0" + (day + 1) + ", days=4}");
            checked += part.count("checked");
            stage.destination().log().exchanges().stream()
                    .filter(exchange -> exchange.method().equals("HEAD"))
                    .map(Exchange::path)
                    .filter(path -> path.contains("/manifests/"))
                    .forEach(asked::add);
        }
        assertThat(asked).hasSize(30);
        assertThat(checked).isEqualTo(30);

        Result shown = stage.run("verify", "--sample=0.0001%");
        assertThat(shown.exitCode()).isZero();
        assertThat(shown.out())
                .contains("  sample of 0.0001% for 2026-11-04: 0 of 30 images; all are checked within 1000000 days\n");
        Result wrong = stage.run("verify", "--sample=5");
        assertThat(wrong.exitCode()).isEqualTo(2);
        assertThat(wrong.err()).contains("'5' is not a percentage; write 5%");
    }

    @Test
    void emptyLedgerIsAnError() {
        stage.offer("a:1", 1);

        Result result = stage.run("verify");

        assertThat(result.exitCode()).as("%s", result).isEqualTo(3);
        assertThat(result.err())
                .contains("records no image of ns at " + stage.destination().host() + "/mirror");
    }

    @Test
    void truncatesManyFindings() {
        for (int i = 0; i < 25; i++) {
            stage.offer("many:" + i, i);
        }
        sync();
        for (int i = 0; i < 25; i++) {
            stage.destination().delete("mirror/many", String.valueOf(i));
        }

        Result result = stage.run("verify");

        assertThat(result.exitCode()).isEqualTo(4);
        assertThat(result.out().lines().filter(line -> line.startsWith("    missing tag ")))
                .hasSize(20);
        assertThat(result.out()).contains("    and 5 more; all of them: --format json\n");
        assertThat(stage.run("verify", "--quiet").err()).isEmpty();
    }

    @Test
    void readsDigestsFromListWhereThatIsCheaper() {
        stage.close();
        stage = new Stage(
                folder,
                TestRegistry.builder().gcrListing(true),
                TestRegistry.builder().gcrListing(true));
        for (int i = 0; i < 5; i++) {
            stage.offer("many:" + i, i);
        }
        sync("--check-destination");
        stage.destination().put("mirror/many", "3", SampleImages.oci(77));

        List<String> found = new ArrayList<>(verify().drift());

        assertThat(found)
                .containsExactly("many:3 other digest " + SampleImages.oci(77).digest());
    }
}
