package io.github.gcrsync.signature;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.content.Repository;
import io.github.gcrsync.copy.CopiedReferrers;
import io.github.gcrsync.copy.CopyListener;
import io.github.gcrsync.copy.CopyOptions;
import io.github.gcrsync.engine.Engine;
import io.github.gcrsync.layout.OciLayouts;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.ReferrerTypes;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.testkit.DockerRegistry;
import io.github.gcrsync.testkit.Program;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.TestRegistry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** cosign and oras find in a copy what they stored at the source. */
@Timeout(180)
final class CopiedSignaturesTest {
    private static final String OCI_11 = "--experimental-oci11=true";
    private static final String SBOM = "application/vnd.example.sbom";

    @TempDir
    private static Path keys;

    private static Cosign cosign;
    private static VerificationKey key;

    @TempDir
    private Path folder;

    private final Engine engine = Engine.builder().build();
    private final TestRegistry registry = TestRegistry.start();
    private DockerRegistry docker;
    private final SampleImage child = SampleImages.oci(1);
    private final SampleImage index = SampleImages.index(child, SampleImages.oci(2));
    private final List<CopiedReferrers> copied = new ArrayList<>();

    @BeforeAll
    static void makeKey() {
        cosign = new Cosign(keys);
        key = cosign.generate("release");
    }

    @BeforeEach
    void start() {
        docker = DockerRegistry.start(folder.resolve("docker"));
        registry.put("team/app", "v1", index);
        docker.put("team/app", "v1", index);
    }

    @AfterEach
    void close() {
        engine.close();
        registry.close();
        docker.close();
    }

    /** By tag, as referrers, and as bundles, of the index and of one of its images. */
    @ParameterizedTest
    @CsvSource({"true, false", "false, true", "false, false", "true, true"})
    void cosignVerifiesCopies(boolean fromDocker, boolean toDocker) {
        String from = fromDocker ? docker.host() : registry.host();
        String to = toDocker ? docker.host() : registry.host();
        cosign.sign("release", from + "/team/app@" + index.digest(), "--recursive");
        cosign.signAsReferrer("release", from + "/team/app@" + child.digest());
        cosign.attest("release", from + "/team/app@" + index.digest(), "https://sigstore.dev/cosign/sign/v1");

        copy(repository(from, "team/app"), repository(to, "mirror/app"));

        assertThat(copied).singleElement().satisfies(result -> {
            assertThat(result.failures()).isEmpty();
            assertThat(result.count()).isEqualTo(5);
        });
        for (SampleImage image : List.of(index, child)) {
            assertThat(cosign.accepts(key, to + "/mirror/app@" + image.digest()))
                    .isTrue();
        }
        assertThat(cosign.accepts(key, to + "/mirror/app@" + child.digest(), OCI_11))
                .isTrue();
        assertThat(repository(to, "mirror/app").referrers(new Digest(index.digest())))
                .hasSize(1);
    }

    @Test
    void orasDiscoversReferrersInFolder() {
        String image = registry.host() + "/team/app@" + child.digest();
        cosign.signAsReferrer("release", image);
        Path layout = folder.resolve("layout");

        copy(repository(registry.host(), "team/app"), OciLayouts.layout(layout));

        assertThat(copied)
                .singleElement()
                .satisfies(result -> assertThat(result.count()).isEqualTo(1));
        Descriptor signature = repository(registry.host(), "team/app")
                .referrers(new Digest(child.digest()))
                .getFirst();
        assertThat(oras("discover", "--oci-layout", layout + "@" + child.digest()))
                .contains(signature.digest().value());
    }

    @Test
    void signaturesPassThroughFolderToRegistryWithoutApi() {
        cosign.sign("release", registry.host() + "/team/app@" + index.digest());
        cosign.signAsReferrer("release", registry.host() + "/team/app@" + child.digest());
        Repository layout = OciLayouts.layout(folder.resolve("layout"));

        copy(repository(registry.host(), "team/app"), layout);
        copy(layout, repository(docker.host(), "mirror/app"));

        assertThat(copied)
                .hasSize(2)
                .allSatisfy(result -> assertThat(result.count()).isEqualTo(2));
        assertThat(cosign.accepts(key, docker.host() + "/mirror/app@" + index.digest()))
                .isTrue();
        assertThat(cosign.accepts(key, docker.host() + "/mirror/app@" + child.digest(), OCI_11))
                .isTrue();
    }

    @Test
    void orasDiscoversWhatOrasAttached() {
        String image = registry.host() + "/team/app@" + index.digest();
        assertThat(oras("attach", "--plain-http", "--artifact-type", SBOM, "--annotation", "made=here", image))
                .contains("Attached");

        copy(repository(registry.host(), "team/app"), repository(docker.host(), "mirror/app"));

        assertThat(oras("discover", "--plain-http", docker.host() + "/mirror/app@" + index.digest()))
                .contains(SBOM);
    }

    private void copy(Repository from, Repository to) {
        CopyListener results = new CopyListener() {
            @Override
            public void referrersCopied(CopiedReferrers referrers) {
                copied.add(referrers);
            }
        };
        engine.copy(
                from,
                "v1",
                to,
                "v1",
                CopyOptions.defaults().withReferrers(ReferrerTypes.ALL).withListener(results));
    }

    private Repository repository(String host, String name) {
        return engine.registry(host).repository(new RepositoryName(name));
    }

    private String oras(String... arguments) {
        return Program.require("oras")
                .in(folder)
                .environment("HOME", folder.toString())
                .arguments(arguments)
                .run()
                .orThrow()
                .stdout();
    }
}
