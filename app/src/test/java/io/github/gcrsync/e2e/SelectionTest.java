package io.github.gcrsync.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which images of a namespace are mirrored, in which order, and how excluded ones are counted. */
final class SelectionTest extends BetweenRegistries {
    @BeforeEach
    void fill() {
        for (String image : new String[] {
            "etcd:3.0",
            "etcd:3.1",
            "etcd:3.2-rc.1",
            "etcd:3.2-alpha.0",
            "etcd:latest",
            "etcd:20200101-abcdef12",
            "etcd-arm:3.0",
            "etcd-ppc64le:3.0",
            "etcd-s390x:3.0",
            "pause:1",
            "pause:2",
            "pause:v10",
            "pause/nested:1"
        }) {
            String[] parts = image.split(":");
            source.put("ns/" + parts[0], parts[1], SampleImages.oci(image.hashCode()));
        }
    }

    @Test
    void appliesRulesOfOriginalAndCountsThem() {
        InProcess.Result result = sync();

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(workplace.metadata().images())
                .containsExactly("etcd:3.0", "etcd:3.1", "pause/nested:1", "pause:1", "pause:2", "pause:v10");
        assertThat(result.out())
                .containsPattern("(?m)^  excluded +7  to see all: gcrsync test --verbose$")
                .containsPattern("(?m)^ +3  repository name contains -arm, -ppc or -s390x \\(--exclude-repository\\)$")
                .containsPattern("(?m)^ +3  tag contains alpha, beta, rc or test, as latest does \\(--exclude-tag\\)$")
                .containsPattern("(?m)^ +etcd:3.2-alpha.0, etcd:3.2-rc.1, etcd:latest$")
                .containsPattern("(?m)^ +1  tag is longer than 12 characters \\(--max-tag-length\\)$");
    }

    @Test
    void namesThreeImagesPerRuleInSummary() {
        InProcess.Result result = sync("--exclude-repository=.");

        assertThat(result.out())
                .containsPattern("(?m)^ +13  repository name matches \\. \\(--exclude-repository\\)$")
                .containsPattern("(?m)^ +etcd:20200101-abcdef12, etcd:3.0, etcd:3.1, \\.\\.\\.$");
    }

    @Test
    void replacesOneRule() {
        InProcess.Result result = sync("--exclude-repository=^pause", "--exclude-repository", "s390x$");

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(workplace.metadata().images())
                .containsExactly("etcd-arm:3.0", "etcd-ppc64le:3.0", "etcd:3.0", "etcd:3.1");
        assertThat(result.out())
                .containsPattern("(?m)^ +4  repository name matches \\^pause \\(--exclude-repository\\)$")
                .containsPattern("(?m)^ +1  repository name matches s390x\\$ \\(--exclude-repository\\)$");
    }

    @Test
    void excludesTagsByPatternAndLength() {
        sync("--exclude-tag=^3", "--exclude-tag=^v", "--max-tag-length=6");

        assertThat(workplace.metadata().images())
                .containsExactly("etcd:latest", "pause/nested:1", "pause:1", "pause:2");
    }

    @Test
    void acceptsAnyLengthIfLimitIsOff() {
        sync("--max-tag-length", "0");

        assertThat(workplace.metadata().images())
                .contains("etcd:20200101-abcdef12")
                .hasSize(7);
    }

    @Test
    void mirrorsEverythingWithoutDefaultRules() {
        InProcess.Result result = sync("--no-default-excludes");

        assertThat(workplace.metadata().images()).hasSize(13);
        assertThat(result.out()).doesNotContain("excluded");
    }

    @Test
    void keepsImagesThatAreNoLongerSelected() {
        sync();

        InProcess.Result result = sync("--exclude-repository=pause|-arm|-ppc|-s390x");

        assertThat(result.exitCode()).isZero();
        assertThat(workplace.metadata().images()).hasSize(6);
        assertThat(workplace.metadata().commits()).hasSize(2);
        assertThat(workplace.metadata().file("ImageDigests")).containsPattern(" unselected=\\d+");
        assertThat(destination.tags("mirror/pause")).containsExactly("1", "2", "v10");
    }

    @Test
    void copiesNextImagesInEachRun() {
        InProcess.Result first = sync("--processcount=2", "--processlimit=1");
        assertThat(workplace.metadata().images()).containsExactly("etcd:3.0", "etcd:3.1");
        assertThat(first.exitCode()).isZero();
        assertThat(first.out()).containsPattern("(?m)^  waiting +4 ");
        assertThat(order()).containsExactly("etcd/manifests/3.0", "etcd/manifests/3.1");

        sync("--processcount=3");
        assertThat(workplace.metadata().images())
                .containsExactly("etcd:3.0", "etcd:3.1", "pause:1", "pause:2", "pause:v10");

        InProcess.Result last = sync("--processcount", "-1");
        assertThat(workplace.metadata().images()).hasSize(6);
        assertThat(last.out()).doesNotContain("waiting");
    }

    @Test
    void copies100ImagesByDefaultAndAllOnRequest() {
        for (int i = 0; i < 101; i++) {
            source.put("ns/many", "t" + i, SampleImages.artifact(i, "application/vnd.example"));
        }

        sync("--exclude-repository=etcd|pause");
        assertThat(workplace.metadata().images()).hasSize(100);

        sync("--exclude-repository=etcd|pause", "--processcount=-1");
        assertThat(workplace.metadata().images()).hasSize(101);
    }

    @Test
    void mirrorsNamespaceThatIsRepositoryUnderItsLastComponent() {
        source.put("ns/pause/etcd", "1", SampleImages.oci(9));

        InProcess.Result synced = run("sync", "ns/pause");

        assertThat(synced.exitCode()).as("%s", synced).isZero();
        assertThat(workplace.metadata().git("show", "HEAD:ns/pause/ImageList"))
                .contains("etcd:1", "nested:1", "pause:1", "pause:2", "pause:v10");
        assertThat(destination.repositories()).containsExactly("mirror/etcd", "mirror/nested", "mirror/pause");
        InProcess.Result test = run("test", "ns/pause");
        assertThat(test.out()).as("%s", test).contains("5 up to date");
        InProcess.Result compared = run("compare", "ns/pause", "--output=" + folder.resolve("same.json"));
        assertThat(compared.exitCode()).as("%s", compared).isZero();
    }

    @Test
    void refusesRepositoriesWithSameRelativeName() {
        source.put("ns/pause/pause", "1", SampleImages.oci(9));

        InProcess.Result result = run("sync", "ns/pause");

        assertThat(result.exitCode()).isNotZero();
        assertThat(result.err())
                .contains(
                        "ns/pause and ns/pause/pause would both be mirrored as pause; use another source path (--namespace)");
        assertThat(destination.repositories()).isEmpty();
    }

    private static String listedUnder(String digest, String other) {
        return "{\"child\":[],\"tags\":[\"3.1\"],\"manifest\":{\"%s\":{\"tag\":[\"3.1\"]},\"%s\":{\"tag\":[\"3.1\"]}}}"
                .formatted(digest, other);
    }

    @Test
    void resolvesTagListedUnderTwoDigestsOnce() {
        SampleImage image = SampleImages.oci("etcd:3.1".hashCode());
        for (String other : new String[] {"0", "f"}) {
            source.fault(Fault.on("GET", "^/v2/ns/etcd/tags/list")
                    .status(200, listedUnder(image.digest(), "sha256:" + other.repeat(64))));

            InProcess.Result result = sync("--exclude-repository=pause|etcd-", "--check-destination");

            assertThat(result.exitCode()).as("%s", result).isZero();
            assertThat(workplace.metadata().images()).containsExactly("etcd:3.1");
        }
        assertThat(destination.manifestDigest("mirror/etcd", "3.1")).isEqualTo(image.digest());
        assertThat(source.log().count("HEAD", "/manifests/3.1$")).isEqualTo(1);
    }

    private Stream<String> order() {
        return destination.log().exchanges().stream()
                .filter(exchange ->
                        exchange.method().equals("PUT") && exchange.path().contains("/manifests/"))
                .map(exchange -> exchange.path().substring("/v2/mirror/".length()));
    }

    private InProcess.Result run(String command, String namespace, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                command,
                "--source=" + source.host(),
                "--namespace=" + namespace,
                "--destination=" + destination.host() + "/mirror",
                "--metadata=" + workplace.metadata().path()));
        arguments.addAll(List.of(more));
        return workplace.run(arguments.toArray(String[]::new));
    }

    private InProcess.Result sync(String... more) {
        return workplace.sync(source.host(), destination.host() + "/mirror", more);
    }
}
