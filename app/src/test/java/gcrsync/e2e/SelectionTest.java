package gcrsync.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import gcrsync.cli.InProcess;
import gcrsync.testkit.SampleImages;
import gcrsync.testkit.TestRegistry;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is mirrored of a namespace, in which order, and how what is not is accounted for. */
final class SelectionTest {
    private final TestRegistry source = TestRegistry.builder().gcrListing(true).start();
    private final TestRegistry destination = TestRegistry.start();

    @TempDir
    private Path folder;

    private Workplace workplace;

    @BeforeEach
    void fill() {
        workplace = new Workplace(folder);
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

    @AfterEach
    void stop() {
        source.close();
        destination.close();
    }

    @Test
    void theOriginalsRulesHoldAndEachIsCounted() {
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
    void summaryNamesThreeImagesOfEachRule() {
        InProcess.Result result = sync("--exclude-repository=.");

        assertThat(result.out())
                .containsPattern("(?m)^ +13  repository name matches \\. \\(--exclude-repository\\)$")
                .containsPattern("(?m)^ +etcd:20200101-abcdef12, etcd:3.0, etcd:3.1, \\.\\.\\.$");
    }

    @Test
    void oneRuleIsReplacedAndTheOthersStay() {
        InProcess.Result result = sync("--exclude-repository=^pause", "--exclude-repository", "s390x$");

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(workplace.metadata().images())
                .containsExactly("etcd-arm:3.0", "etcd-ppc64le:3.0", "etcd:3.0", "etcd:3.1");
        assertThat(result.out())
                .containsPattern("(?m)^ +4  repository name matches \\^pause \\(--exclude-repository\\)$")
                .containsPattern("(?m)^ +1  repository name matches s390x\\$ \\(--exclude-repository\\)$");
    }

    @Test
    void tagsAreLeftOutByOtherPatternsAndLengths() {
        sync("--exclude-tag=^3", "--exclude-tag=^v", "--max-tag-length=6");

        assertThat(workplace.metadata().images())
                .containsExactly("etcd:latest", "pause/nested:1", "pause:1", "pause:2");
    }

    @Test
    void noLengthIsTooLongWhenSwitchedOff() {
        sync("--max-tag-length", "0");

        assertThat(workplace.metadata().images())
                .contains("etcd:20200101-abcdef12")
                .hasSize(7);
    }

    @Test
    void withoutDefaultRulesEverythingIsMirrored() {
        InProcess.Result result = sync("--no-default-excludes");

        assertThat(workplace.metadata().images()).hasSize(13);
        assertThat(result.out()).doesNotContain("excluded");
    }

    @Test
    void whatIsNoLongerSelectedStaysRecordedAndAtTheDestination() {
        sync();

        InProcess.Result result = sync("--exclude-repository=pause|-arm|-ppc|-s390x");

        assertThat(result.exitCode()).isZero();
        assertThat(workplace.metadata().images()).hasSize(6);
        assertThat(workplace.metadata().commits()).isEqualTo(1);
        assertThat(destination.tags("mirror/pause")).containsExactly("1", "2", "v10");
    }

    @Test
    void eachRunTakesTheNextImagesInOrder() {
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
    void aHundredImagesAreTakenByDefaultAndAllOnRequest() {
        for (int i = 0; i < 101; i++) {
            source.put("ns/many", "t" + i, SampleImages.artifact(i, "application/vnd.example"));
        }

        sync("--exclude-repository=etcd|pause");
        assertThat(workplace.metadata().images()).hasSize(100);

        sync("--exclude-repository=etcd|pause", "--processcount=-1");
        assertThat(workplace.metadata().images()).hasSize(101);
    }

    @Test
    void aTagOfTheNamespaceItselfIsLeftOutAndCounted() {
        source.put("ns", "1", SampleImages.oci(1));

        InProcess.Result result = sync();

        assertThat(result.exitCode()).isZero();
        assertThat(result.out()).containsPattern("(?m)^ +1  image is the namespace itself$");
    }

    private Stream<String> order() {
        return destination.log().exchanges().stream()
                .filter(exchange ->
                        exchange.method().equals("PUT") && exchange.path().contains("/manifests/"))
                .map(exchange -> exchange.path().substring("/v2/mirror/".length()));
    }

    private InProcess.Result sync(String... more) {
        return workplace.sync(source.host(), destination.host() + "/mirror", more);
    }
}
