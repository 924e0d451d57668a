package io.github.gcrsync.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.Hurry;
import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.TestRegistry;
import io.github.gcrsync.testkit.User;
import io.github.gcrsync.testkit.WebApi;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mirrors between emulations of Harbor, whose web API lists 100 tags per request with digests and dates. */
final class HostedListingsTest {
    private static final int TAGS = 130;
    private static final int REPOSITORIES = 3;
    private static final String API = "^/api/v2.0/";
    private static final String ALL = "--processcount=-1";

    @TempDir
    private Path folder;

    private final TestRegistry source = harbor();
    private final TestRegistry destination = harbor();
    private Workplace workplace;

    private static TestRegistry harbor() {
        return TestRegistry.builder()
                .webApi(WebApi.HARBOR)
                .bearerAuth(Duration.ofMinutes(5), new User("robot", "secret"))
                .start();
    }

    @BeforeEach
    void fill() {
        String auth = Base64.getEncoder().encodeToString("robot:secret".getBytes(StandardCharsets.UTF_8));
        workplace = new Workplace(folder).with(Hurry.TO_RETRY).dockerConfig("""
                {"auths": {"%s": {"auth": "%s"}, "%s": {"auth": "%s"}}}
                """.formatted(
                        source.host(), auth, destination.host(), auth));
        for (int t = 0; t < TAGS; t++) {
            SampleImage image = SampleImages.oci(t);
            for (int r = 0; r < REPOSITORIES; r++) {
                source.put(Workplace.NAMESPACE + "/r" + r, "v" + t, image);
            }
        }
    }

    @AfterEach
    void close() {
        source.close();
        destination.close();
    }

    private Result sync(String... more) {
        return workplace.sync(source.host(), destination.host() + "/mirror", more);
    }

    private void mirrorAll() {
        assertThat(sync(ALL).exitCode()).isZero();
        source.log().clear();
        destination.log().clear();
    }

    @Test
    void costsOneRequestPer100UnchangedTags() {
        mirrorAll();

        Result again = sync(ALL);

        assertThat(again.exitCode()).as("%s", again).isZero();
        assertThat(again.out()).containsPattern("up to date +" + REPOSITORIES * TAGS);
        assertThat(source.log().count("HEAD", "/manifests/")).isZero();
        assertThat(source.log().count("GET", API)).isEqualTo(REPOSITORIES * 2);
        assertThat(destination.log().count()).isZero();
    }

    @Test
    void checksDestinationByItsLists() {
        mirrorAll();

        Result again = sync(ALL, "--check-destination");

        assertThat(again.exitCode()).as("%s", again).isZero();
        assertThat(destination.log().count("HEAD", "/manifests/"))
                .as("the first request is answered by a challenge, which shows what the registry is, and sent again")
                .isEqualTo(2);
        assertThat(destination.log().count("GET", API)).isEqualTo(REPOSITORIES * 2);
    }

    @Test
    void copiesImageThatOnlyApiOfDestinationLists() {
        for (int t = 0; t < 3; t++) {
            destination.put("mirror/r0", "v" + t, SampleImages.oci(t));
        }
        destination.fault(Fault.on("HEAD", "/r0/manifests/v1$").status(404).times(1));

        Result result = sync(ALL);

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(destination.log().count("HEAD", "/r0/manifests/v[02]$")).isEqualTo(2);
        assertThat(destination.log().count("PUT", "/r0/manifests/v[012]$"))
                .as("without the two that exist")
                .isEqualTo(1);
    }

    @Test
    void comparesByListsOfBothSides() {
        mirrorAll();

        Result compare = workplace.run(
                "compare",
                "--source=" + source.host(),
                "--namespace=" + Workplace.NAMESPACE,
                "--destination=" + destination.host() + "/mirror",
                "--output=" + folder.resolve("same.json"));

        assertThat(compare.exitCode()).as("%s", compare).isZero();
        assertThat(source.log().count("HEAD", "/manifests/")).isZero();
        assertThat(destination.log().count("HEAD", "/manifests/")).isZero();
    }

    @Test
    void saysHowRepositoriesWereListed() {
        mirrorAll();

        assertThat(test()).contains("listed: 3 repositories by Harbor API\n");
        assertThat(test("--min-age=1h")).contains("listed: 3 repositories by Harbor API\n");
    }

    private String test(String... more) {
        String[] arguments = workplace.arguments(source.host(), destination.host() + "/mirror", more);
        arguments[0] = "test";
        return workplace.run(arguments).out();
    }

    @Test
    void goesOnTagByTagIfApiIsRefused() {
        mirrorAll();
        source.fault(Fault.on("GET", API).status(403).always());

        Result again = sync(ALL);

        assertThat(again.exitCode()).as("%s", again).isZero();
        assertThat(again.out()).containsPattern("up to date +" + REPOSITORIES * TAGS);
        assertThat(source.log().count("HEAD", "/manifests/")).isEqualTo(REPOSITORIES * TAGS);
        assertThat(source.log().count("GET", API)).as("tried once").isEqualTo(1);
        assertThat(again.err().lines().filter(line -> line.contains("403"))).hasSize(1);
    }
}
