package io.github.gcrsync.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.commands.ChildCommand;
import io.github.gcrsync.commands.Workplace;
import io.github.gcrsync.testkit.DockerRegistry;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.TestRegistry;
import io.github.gcrsync.text.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several mirrors in one file, from two real registries. */
final class MirrorsFileTest {
    private final TestRegistry destination = TestRegistry.builder().start();

    @TempDir
    private Path folder;

    private DockerRegistry hub;
    private DockerRegistry quay;
    private Workplace workplace;
    private SampleImage busybox;

    @BeforeEach
    void fill() throws IOException {
        hub = DockerRegistry.start(Files.createDirectories(folder.resolve("hub")));
        quay = DockerRegistry.start(Files.createDirectories(folder.resolve("quay")));
        workplace = new Workplace(folder);
        int seed = 0;
        for (String tag : List.of("1.25.0", "1.26.0", "1.26.1", "1.27", "1.27.0", "1.27.0-alpine", "1.27.0-perl")) {
            hub.put("library/nginx", tag, SampleImages.oci(++seed));
        }
        hub.put("library/nginx", "stable", SampleImages.oci(++seed));
        hub.put("library/alpine", "3.20", SampleImages.oci(++seed));
        hub.put("library/alpine", "3.21", SampleImages.oci(++seed));
        busybox = SampleImages.oci(++seed);
        hub.put("library/busybox", "1", busybox);
        for (String name : List.of("api", "worker-1", "worker-1-dev", "docs")) {
            quay.put("team/" + name, "v1.0.0", SampleImages.oci(++seed));
            quay.put("team/" + name, "v1.0.0-debug", SampleImages.oci(++seed));
        }
    }

    @AfterEach
    void close() {
        hub.close();
        quay.close();
        destination.close();
    }

    private Path file() {
        return write("""
                defaults:
                  destination: %1$s/mirror
                  tags: {exclude: ["*-debug"]}
                selections:
                  recent: {versions: ">=1.26 <2", variants: ["", alpine], newest: 1, per: minor, always: [stable]}
                mirrors:
                  - name: base
                    source: %2$s/library
                    images:
                      - nginx: recent
                      - alpine:3.20
                      - busybox@%3$s
                  - name: team/apps
                    source: %4$s/team
                    repositories: [api, "worker-*", "!/.*-dev/"]
                """.formatted(destination.host(), hub.host(), busybox.digest(), quay.host()));
    }

    private Path write(String text) {
        try {
            return Files.writeString(folder.resolve("mirrors.yaml"), text);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private Result run(String command, Object... more) {
        List<String> arguments = new ArrayList<>(List.of(command));
        for (Object each : more) {
            arguments.add(each.toString());
        }
        arguments.add("--config=" + folder.resolve("mirrors.yaml"));
        if (!command.equals("explain")) {
            arguments.add("--metadata=" + workplace.metadata().path());
        }
        return workplace.run(arguments.toArray(String[]::new));
    }

    @Test
    void mirrorsExactlyTheChosenTags() {
        file();

        Result result = run("sync");

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(destination.repositories())
                .containsExactly("mirror/alpine", "mirror/api", "mirror/busybox", "mirror/nginx", "mirror/worker-1");
        assertThat(destination.tags("mirror/nginx"))
                .containsExactlyInAnyOrder("1.26.1", "1.27.0", "1.27.0-alpine", "stable");
        assertThat(destination.tags("mirror/alpine")).containsExactly("3.20");
        assertThat(destination.tags("mirror/api")).containsExactly("v1.0.0");
        assertThat(destination.tags("mirror/worker-1")).containsExactly("v1.0.0");
        assertThat(destination.manifestDigest("mirror/busybox", busybox.digest()))
                .isEqualTo(busybox.digest());
        assertThat(destination.tags("mirror/busybox")).isEmpty();
        assertThat(result.out())
                .contains("base: " + hub.host() + "/library -> ")
                .contains("team/apps: " + quay.host() + "/team -> ")
                .contains("total of 2 mirrors\n  copied               8");
    }

    @Test
    void sendsNothingToDestinationInSecondRun() {
        file();
        run("sync");
        destination.log().clear();
        int asked = hub.requests();

        Result result = run("sync");

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(destination.log().count()).isZero();
        assertThat(workplace.metadata().commits()).hasSize(2);
        // The tags of nginx and the digests of its four; the digest of alpine:3.20; none for busybox. For referrers of
        // recent images, the tags of alpine and busybox, and one probe.
        assertThat(hub.requests() - asked).isLessThanOrEqualTo(9);
    }

    @Test
    void listsNoCatalogForNamedImages() {
        file();

        run("sync");

        assertThat(hub.requests("/v2/_catalog")).isZero();
        assertThat(quay.requests("/v2/_catalog")).isPositive();
    }

    @Test
    void recordsEachMirrorInFolderOfItsName() {
        file();
        run("sync");

        assertThat(workplace.metadata().git("show", "HEAD:base/ImageList"))
                .contains("nginx:1.27.0", "alpine:3.20")
                .doesNotContain("busybox");
        assertThat(workplace.metadata().git("show", "HEAD:base/ImageDigests")).contains("busybox@" + busybox.digest());
        assertThat(workplace.metadata().git("show", "HEAD:team/apps/ImageList")).contains("worker-1:v1.0.0");
        assertThat(run("log").out()).contains("base: nginx:1.27.0", "team/apps: api:v1.0.0");
        assertThat(run("log", "base", "nginx").out())
                .contains("base: nginx:1.27.0")
                .doesNotContain("alpine:3.20");
        assertThat(run("log", "team/apps").out()).doesNotContain("nginx");
    }

    @Test
    void mirrorsOnlyNamedMirrors() {
        file();

        Result result = run("sync", "team/apps");

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(destination.repositories()).containsExactly("mirror/api", "mirror/worker-1");
        Result unknown = run("sync", "team/app");
        assertThat(unknown.exitCode()).isEqualTo(2);
        assertThat(unknown.err()).contains("team/app", "team/apps");
    }

    @Test
    void failingMirrorDoesNotStopOthers() {
        file();
        hub.close();

        Result result = run("sync", "--report=" + folder.resolve("report.json"));

        assertThat(result.exitCode()).as("%s", result).isEqualTo(3);
        assertThat(destination.repositories()).containsExactly("mirror/api", "mirror/worker-1");
        assertThat(result.out()).contains("total of 2 mirrors");
    }

    @Test
    void reportsMirrorThatCannotStart() throws IOException {
        file();
        quay.close();

        Result result = run("sync", "--report=" + folder.resolve("report.json"), "--log-format=json");

        assertThat(result.exitCode()).as("%s", result).isEqualTo(3);
        assertThat(result.out()).containsPattern("not started +1").contains("    team/apps  ");
        assertThat(result.err().lines())
                .anyMatch(line -> line.contains("\"event\":\"error\",\"mirror\":\"team/apps\""))
                .anyMatch(line -> line.contains("\"event\":\"image-copied\",\"mirror\":\"base\""));
        assertThat(Json.tree(Files.readAllBytes(folder.resolve("report.json"))))
                .isInstanceOfSatisfying(Map.class, report -> {
                    assertThat(report.get("exitCode")).isEqualTo(3L);
                    assertThat((List<?>) report.get("mirrors")).hasSize(2);
                });
        assertThat(destination.tags("mirror/nginx")).hasSize(4);
    }

    @Test
    void failsNamedImageThatDoesNotExist() {
        write("""
                mirrors:
                  - name: base
                    source: %s/library
                    destination: %s/mirror
                    images: [alpine:3.20, alpine:9, unknown]
                """.formatted(hub.host(), destination.host()));

        Result result = run("sync");

        assertThat(result.exitCode()).as("%s", result).isEqualTo(1);
        assertThat(result.out()).contains("alpine:9").contains("unknown").containsPattern("copied +1 ");
        assertThat(destination.tags("mirror/alpine")).containsExactly("3.20");
    }

    @Test
    void explainsInEachMirrorWhichKeyDecided() {
        file();

        Result result = run("explain", "nginx");

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(result.out())
                .contains("mirror   base: nginx:1.27.0  newest: ")
                .contains("skip     base: nginx:1.25.0  versions: ")
                .contains("mirror   base: nginx:stable  always: matches stable");
        assertThat(run("explain", "team/apps", "api:v1.0.0-debug").out())
                .contains("skip     team/apps: api:v1.0.0-debug  exclude: matches *-debug");
        assertThat(run("explain", "base", "alpine").out())
                .contains("mirror   base: alpine:3.20  images: named as alpine:3.20")
                .contains("skip     base: alpine:3.21  images: ");
        assertThat(run("explain", "team/apps", "nginx").exitCode()).isEqualTo(1);
    }

    @Test
    void comparesAndTestsEachMirror() throws InterruptedException {
        file();
        run("sync");

        ChildCommand comparison = workplace.start(
                "compare",
                "--config=" + folder.resolve("mirrors.yaml"),
                "--metadata=" + workplace.metadata().path());
        Result tested = run("test");
        Result watched = run("monitor", "--count=1");

        assertThat(comparison.await().exitCode()).isZero();
        assertThat(folder.resolve("base.json")).exists();
        assertThat(tested.exitCode()).as("%s", tested).isZero();
        assertThat(tested.out()).contains("base: ").contains("team/apps: ");
        assertThat(watched.out()).contains("  base: ").contains("  team/apps: ").contains("0 waiting");
    }

    @Test
    void countsSelectedTagsOfEachRepository() {
        file();

        Result result = run("config", "check", "--online");

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(result.out())
                .containsPattern(
                        "(?m)^base\n  alpine +1 by tag or digest, not looked up\n  busybox +1 by .*\n  nginx +4 of 8 tags$")
                .containsPattern("(?m)^  api +1 of 2 tags$")
                .containsPattern("(?m)^  docs +0 of 2 tags$");
        quay.close();
        Result half = run("config", "check", "--online");
        assertThat(half.exitCode()).as("%s", half).isEqualTo(3);
        assertThat(half.err()).contains("team/apps: ");
    }

    @Test
    void listsSourceOnceForTwoMirrors() {
        write("""
                defaults: {source: %1$s/team, tags: {exclude: ["*-debug"]}}
                mirrors:
                  - {name: one, destination: %2$s/one, repositories: [api]}
                  - {name: two, destination: %2$s/two, repositories: [docs]}
                """.formatted(quay.host(), destination.host()));

        Result result = run("sync");

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(destination.repositories()).containsExactly("one/api", "two/docs");
        assertThat(quay.requests("/v2/_catalog")).isEqualTo(1);
    }

    @Test
    void mirrorsWholeRegistryByPattern() {
        write("""
                mirrors:
                  - {name: all, source: %s, destination: %s/all, repositories: ["team/*", "!/.*-dev/"], tags: {include: v1.0.0}}
                """.formatted(quay.host(), destination.host()));

        Result result = run("sync");

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(destination.repositories()).containsExactly("all/team/api", "all/team/docs", "all/team/worker-1");
    }

    @Test
    void listsImageWithoutTagInIndexOfFolder() throws IOException {
        write("""
                mirrors:
                  - {name: base, source: %s/library, destination: "oci:%s", images: ["busybox@%s"]}
                """.formatted(hub.host(), folder.resolve("mirror"), busybox.digest()));

        Result result = run("sync");

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(folder.resolve("mirror/busybox/index.json"))
                .content()
                .containsOnlyOnce(busybox.digest())
                .doesNotContain("ref.name");
        assertThat(run("sync").out()).containsPattern("up to date +1");
    }

    @Test
    void monitorsOtherMirrorsAfterRefusedPassword() {
        try (TestRegistry closed =
                TestRegistry.builder().basicAuth("robot", "right").start()) {
            workplace.dockerConfig("{\"auths\":{\"%s\":{\"auth\":\"cm9ib3Q6d3Jvbmc=\"}}}".formatted(closed.host()));
            write("""
                    defaults: {destination: %3$s/mirror}
                    mirrors:
                      - {name: closed, source: %1$s/team}
                      - {name: open, source: %2$s/team, repositories: [api]}
                    """.formatted(closed.host(), quay.host(), destination.host()));

            Result result = run("monitor", "--count=2", "--interval=1ms");

            assertThat(result.exitCode()).as("%s", result).isEqualTo(1);
            assertThat(result.out()).containsOnlyOnce("closed: FAILED").containsPattern("(?s)  open: .*  open: ");
            assertThat(closed.log().count("GET", "/v2/team/tags/list")).isLessThanOrEqualTo(2);
        }
    }

    @Test
    void comparesOnlyTagsThatTheRuleNames() {
        String text = """
                mirrors:
                  - {name: base, source: %s/library, destination: %s/mirror, images: [%s]}
                """;
        write(text.formatted(hub.host(), destination.host(), "alpine:3.20"));
        run("sync");
        write(text.formatted(hub.host(), destination.host(), "alpine:3.21"));
        run("sync");

        Result compared = run("compare", "--output=" + folder.resolve("same.json"));

        assertThat(compared.exitCode()).as("%s", compared).isZero();
    }

    @Test
    void demandsEnoughTagsOnlyOfIncludedRepositories() {
        write("""
                mirrors:
                  - name: team
                    source: %s/team
                    destination: %s/mirror
                    repositories: [api]
                    tags: {include: v1.0.0, at-least: 1}
                """.formatted(quay.host(), destination.host()));

        assertThat(run("sync").exitCode()).isZero();
    }

    @Test
    void reportsWrongFlagOnce() {
        file();
        workplace.set("GCRSYNC_GITHUBTOKEN", "token");

        Result result = workplace.run("sync", "--config=" + folder.resolve("mirrors.yaml"));

        assertThat(result.exitCode()).as("%s", result).isEqualTo(2);
        assertThat(result.err()).containsOnlyOnce("a token needs a repository").doesNotContain("internal error");
    }

    @Test
    void refusesFlagsThatDescribeMirror() {
        file();

        Result result = run("sync", "--namespace=team");

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).contains("--namespace").contains("mirrors");
    }
}
