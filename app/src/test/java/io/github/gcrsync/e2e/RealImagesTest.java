package io.github.gcrsync.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess;
import io.github.gcrsync.commands.Workplace;
import io.github.gcrsync.testkit.DockerRegistry;
import io.github.gcrsync.testkit.GcrFront;
import io.github.gcrsync.testkit.SampleImages;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Debian's registry on both sides, with all kinds of images made by other programs. */
final class RealImagesTest {
    /** {@code name:tag} and digest of what a sync must copy. */
    private static final SortedMap<String, String> SELECTED = new TreeMap<>();

    private static final int REPOSITORIES = 7;

    private static DockerRegistry real;
    private static GcrFront source;

    @TempDir
    private Path folder;

    private Workplace workplace;
    private DockerRegistry behind;
    /** In front of the destination, only to count requests. */
    private GcrFront destination;

    @BeforeAll
    static void fill(@TempDir Path scratch) throws Exception {
        real = DockerRegistry.start(scratch.resolve("source"));
        source = GcrFront.inFrontOf(real.host());
        String root = "docker://" + real.host() + "/ns/";

        Path layout = scratch.resolve("layout");
        OtherTools.build(layout, "built", "/etc/os-release", "/usr/share/doc/git", "/usr/share/doc/skopeo");
        OtherTools.copy("oci:" + layout + ":built", root + "built:1.0");
        OtherTools.copy("oci:" + layout + ":built", root + "built:docker", "--format=v2s2");
        OtherTools.copy("oci:" + layout + ":built", root + "built/nested:1.0");
        OtherTools.copy("oci:" + layout + ":built", root + "built/nested/deeper:1.0");
        OtherTools.copy("oci:" + layout + ":built", root + "built:1.0-beta");
        OtherTools.copy("oci:" + layout + ":built", root + "built-arm64:1.0");

        real.put("staging/index", "1", SampleImages.multiPlatform(1));
        String index = "docker://" + real.host() + "/staging/index:1";
        OtherTools.copy(index, root + "index:oci", "--all", "--preserve-digests");
        OtherTools.copy(index, root + "index:list", "--all", "--format=v2s2");
        real.put("ns/index", "nested", SampleImages.nestedIndex(3));
        real.put("ns/signed", "1", SampleImages.docker(4));

        Files.writeString(scratch.resolve("chart.txt"), "not an image");
        OtherTools.oras(
                scratch,
                "push",
                "--plain-http",
                "--artifact-type=application/vnd.example.chart",
                real.host() + "/ns/artifact:1",
                "chart.txt:text/plain");

        for (String image : new String[] {
            "built:1.0",
            "built:docker",
            "built/nested:1.0",
            "built/nested/deeper:1.0",
            "index:oci",
            "index:list",
            "index:nested",
            "signed:1",
            "artifact:1"
        }) {
            SELECTED.put(image, OtherTools.digest(root + image));
        }
    }

    @AfterAll
    static void stop() {
        source.close();
        real.close();
    }

    @BeforeEach
    void start() {
        workplace = new Workplace(folder);
        behind = DockerRegistry.start(folder.resolve("destination"));
        destination = GcrFront.inFrontOf(behind.host());
        source.log().clear();
    }

    @org.junit.jupiter.api.AfterEach
    void stopDestination() {
        destination.close();
        behind.close();
    }

    @Test
    void copiesAndRecordsEverySelectedTag() {
        InProcess.Result result = sync();

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(mirrored()).isEqualTo(SELECTED);
        assertThat(workplace.metadata().images()).containsExactlyElementsOf(SELECTED.keySet());
        assertThat(workplace.metadata().digests()).isEqualTo(SELECTED);
        assertThat(workplace.metadata().commits()).hasSize(1);
        assertThat(result.out())
                .containsPattern("copied +9 ")
                .containsPattern("excluded +2 ")
                .containsPattern(" 1  repository name contains -arm, -ppc or -s390x")
                .containsPattern(" 1  tag contains alpha, beta, rc or test");
    }

    @Test
    void needsOneRequestPerRepositoryAndTwoMoreIfUnchanged() {
        sync();
        source.log().clear();
        destination.log().clear();

        InProcess.Result result = sync();

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(source.log().count())
                .as(() -> "with that for the namespace and a probe for referrers: " + source.log())
                .isEqualTo(REPOSITORIES + 2);
        assertThat(destination.log().count()).as(() -> "" + destination.log()).isZero();
        assertThat(workplace.metadata().commits()).hasSize(1);
        assertThat(result.out())
                .containsPattern("copied +0\n")
                .containsPattern("up to date +9\n")
                .contains("nothing new to record");
    }

    @Test
    void mountsExistingBlobs() {
        sync();

        long layers = source.log().exchanges().stream()
                .filter(exchange -> exchange.method().equals("GET"))
                .map(exchange -> exchange.path().replaceFirst(".*/blobs/", ""))
                .filter(name -> name.startsWith("sha256:"))
                .count();
        long different = source.log().exchanges().stream()
                .filter(exchange -> exchange.method().equals("GET"))
                .map(exchange -> exchange.path().replaceFirst(".*/blobs/", ""))
                .filter(name -> name.startsWith("sha256:"))
                .distinct()
                .count();
        assertThat(layers).as(() -> "" + source.log()).isEqualTo(different).isPositive();
    }

    @Test
    void rebuildsLostLedgerWithoutTransfer() {
        sync();
        Path lost = folder.resolve("lost");
        assertThat(workplace.metadata().path().toFile().renameTo(lost.toFile())).isTrue();
        source.log().clear();
        destination.log().clear();

        InProcess.Result result = sync();

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(source.log().count()).as("with a probe for referrers").isEqualTo(REPOSITORIES + 2);
        assertThat(destination.log().exchanges())
                .as("only looked at, in lists that have digests")
                .extracting("method")
                .containsOnly("GET");
        assertThat(workplace.metadata().digests()).isEqualTo(SELECTED);
        assertThat(result.out()).containsPattern("already there +9 ");
    }

    private InProcess.Result sync() {
        return workplace.sync(source.host(), destination.host() + "/team/mirror");
    }

    private SortedMap<String, String> mirrored() {
        SortedMap<String, String> digests = new TreeMap<>();
        for (String image : SELECTED.keySet()) {
            digests.put(image, OtherTools.digest("docker://" + behind.host() + "/team/mirror/" + image));
        }
        return digests;
    }
}
