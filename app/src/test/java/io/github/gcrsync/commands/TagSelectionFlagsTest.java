package io.github.gcrsync.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.testkit.Fault;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The flags that select tags and repositories, and the command that explains what they did. */
final class TagSelectionFlagsTest extends OnStage {
    private static final String[] NEWEST_TWO = {
        "--no-default-excludes", "--versions=>=1.26", "--variants=", "--newest=1", "--per=minor", "--always=stable"
    };

    @BeforeEach
    void offerImages() {
        int seed = 0;
        for (String tag :
                List.of("1.25.0", "1.26.0", "1.26.1", "1.27", "1.27.0", "1.27.1-rc1", "1.27.0-alpine", "stable")) {
            stage.offer("nginx:" + tag, ++seed);
        }
        stage.offer("tools/worker:1.26.0", ++seed);
    }

    @Test
    void mirrorsExactlyTheSelectedTags() throws Exception {
        Result result = stage.run("sync", NEWEST_TWO);

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(stage.metadata().file("ImageList"))
                .contains("nginx:1.26.1", "nginx:1.27.0\"", "nginx:stable", "tools/worker:1.26.0")
                .doesNotContain("1.25.0", "1.26.0\",\n    \"nginx", "rc1", "alpine", "\"nginx:1.27\"");
        stage.destination().log().clear();

        Result again = stage.run("sync", NEWEST_TWO);

        assertThat(again.out()).contains("  up to date           4");
        assertThat(stage.destination().log().count()).isZero();
    }

    @Test
    void includesRepositoriesByWholeName() {
        assertThat(stage.run("test", "--include-repository=nginx").out())
                .contains("nginx:1.27.0")
                .doesNotContain("copy  tools");
        assertThat(stage.run("test", "--include-repository=*").out()).doesNotContain("copy  tools");
        assertThat(stage.run("test", "--include-repository=/tools\\/.*/").out())
                .contains("copy  tools/worker:1.26.0")
                .doesNotContain("copy  nginx");
    }

    @Test
    void selectsTagsPushedLastIfListingHasDates() {
        String manifest = "\"sha256:%s\":{\"tag\":[\"%s\"],\"timeUploadedMs\":\"%d\"}";
        stage.source()
                .fault(Fault.on("GET", "^/v2/ns/nginx/tags/list")
                        .status(
                                200,
                                "{\"child\":[],\"tags\":[\"a\",\"b\",\"c\"],\"manifest\":{"
                                        + manifest.formatted("1".repeat(64), "a", 1_700_000_000_000L) + ","
                                        + manifest.formatted("2".repeat(64), "b", 1_800_000_000_000L) + ","
                                        + manifest.formatted("3".repeat(64), "c", 1_750_000_000_000L) + "}}"));

        Result result = stage.run("explain", "--newest=1", "--by=date", "--per=repository", "nginx");

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(result.out())
                .contains("skip     nginx:a  newest: pushed at 2023-11-14T22:13:20Z, before b")
                .contains("mirror   nginx:b  newest: pushed at 2027-01-15T08:00:00Z, one of the last 1")
                .contains("skip     nginx:c  newest: ");
    }

    @Test
    void failsRepositoryWithoutDatesIfTheyDecide() {
        stage.source().fault(Fault.on("GET", "^/v2/ns/nginx/tags/list").status(200, "{\"tags\":[\"a\",\"b\"]}"));

        Result result = stage.run("test", "--newest=1", "--by=date", "--include-repository=nginx");

        assertThat(result.exitCode()).as("%s", result).isEqualTo(1);
        assertThat(result.out()).contains("nginx").contains("the registry lists no date for any tag");
    }

    @Test
    void failsRepositoryWithTooFewTags() {
        Result result = stage.run("sync", "--versions=>=1.27", "--at-least=2");

        assertThat(result.exitCode()).as("%s", result).isEqualTo(1);
        assertThat(result.out()).contains("tools/worker").contains("--at-least requires 2");
        assertThat(stage.destination().log().count("PUT", "/v2/mirror/nginx/manifests/1.27.0"))
                .isOne();
    }

    @Test
    void explainsDecisionForEachTag() {
        Result result = stage.run("explain", concat(NEWEST_TWO, "nginx"));

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(result.out()).isEqualTo("""
                        skip     nginx:1.25.0  versions: 1.25.0 is not in >=1.26
                        skip     nginx:1.26.0  newest: 1.26.0 is older than the newest 1, 1.26.1
                        mirror   nginx:1.26.1  newest: 1.26.1 is one of the newest: 1.26.1
                        skip     nginx:1.27  newest: 1.27 is not a full version such as 1.26.0
                        mirror   nginx:1.27.0  newest: 1.27.0 is one of the newest: 1.27.0
                        skip     nginx:1.27.0-alpine  variants: 'alpine' matches none of ""
                        skip     nginx:1.27.1-rc1  prereleases: rc1 is a prerelease
                        mirror   nginx:stable  always: matches stable
                        """);
    }

    @Test
    void explainsOneTagWithRulesOfOriginal() {
        assertThat(stage.run("explain", "nginx:1.27.1-rc1").out())
                .isEqualTo(
                        "skip     nginx:1.27.1-rc1  exclude-tag: tag contains alpha, beta, rc or test, as latest does"
                                + " (--exclude-tag)\n");
        assertThat(stage.run("explain", "nginx:1.27").out()).isEqualTo("mirror   nginx:1.27  no rule excludes it\n");
    }

    @Test
    void reportsUnknownImageInExplain() {
        for (String missing : List.of("nginx:9", "apache")) {
            Result result = stage.run("explain", missing);

            assertThat(result.exitCode()).as("%s", result).isEqualTo(1);
            assertThat(result.err()).contains(" has no " + missing + "; check the name");
        }
    }

    @Test
    void refusesInvalidRangesAndPatterns() {
        assertThat(stage.run("sync", "--versions=latest").err()).contains("'--versions'", "'latest' is not a version");
        assertThat(stage.run("sync", "--include-tag=/(/").err())
                .contains("'--include-tag'", "not a regular expression");
        assertThat(stage.run("sync", "--newest=0").exitCode()).isEqualTo(2);
        assertThat(stage.run("sync", "--min-age=3").err()).contains("'--min-age'", "'3' is not an age");
        assertThat(stage.run("sync", "--min-age=3d", "--max-age=1d").err())
                .contains("min-age 3d is not shorter than max-age 1d");
        assertThat(stage.run("sync", "--min-age=3d", "--first-run=never").err())
                .contains("'never' is none of accept, wait");
    }

    private static String[] concat(String[] flags, String last) {
        String[] all = java.util.Arrays.copyOf(flags, flags.length + 1);
        all[flags.length] = last;
        return all;
    }
}
