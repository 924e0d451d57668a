package io.github.gcrsync.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.SampleLayer;
import io.github.gcrsync.testkit.TestRegistry;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** One bad image among good ones. */
final class ImageFailuresTest extends BetweenRegistries {
    private static final SampleLayer LAYER = SampleImages.layer(77, 3);
    private static final SampleImage BAD = SampleImages.oci("linux/amd64", LAYER);

    @BeforeEach
    void fill() {
        source.put("ns/bad", "1", BAD);
        source.put("ns/good", "1", SampleImages.oci(1));
        source.put("ns/good", "2", SampleImages.multiPlatformDocker(2));
    }

    static Stream<Arguments> troubles() {
        String layer = "/v2/ns/bad/blobs/" + LAYER.digest();
        return Stream.of(
                trouble(
                        "a blob that is not what its digest says",
                        "source: .*" + LAYER.digest() + ".*",
                        (from, to) -> from.fault(
                                Fault.on("GET", layer).corruptByte(40).always())),
                trouble(
                        "a blob that is missing",
                        "source: HTTP 404 BLOB_UNKNOWN .*" + layer,
                        (from, to) -> from.deleteBlob("ns/bad", LAYER.digest())),
                trouble(
                        "a blob whose end never comes",
                        "source: .*" + LAYER.digest() + ".*",
                        (from, to) ->
                                from.fault(Fault.on("GET", layer).cutAfter(0).always())),
                trouble(
                        "a manifest that may not be read",
                        "source: HTTP 403 DENIED .*/v2/ns/bad/manifests/sha256:.*",
                        (from, to) -> from.fault(Fault.on("GET", "/v2/ns/bad/manifests/")
                                .status(403)
                                .always())),
                trouble(
                        "a manifest that is something else",
                        "source: .* has the digest .* instead of .*",
                        (from, to) -> from.fault(Fault.on("GET", "/v2/ns/bad/manifests/")
                                .status(200, "{}")
                                .always())),
                trouble(
                        "a repository that may not be written",
                        "destination: HTTP 403 DENIED .*/v2/mirror/bad/blobs/.*",
                        (from, to) -> to.fault(
                                Fault.on("*", "^/v2/mirror/bad/").status(403).always())),
                trouble(
                        "a manifest that is not accepted",
                        "destination: HTTP 400 MANIFEST_INVALID .*/manifests/1",
                        (from, to) -> to.fault(Fault.on("PUT", "^/v2/mirror/bad/manifests/1")
                                .status(400, "{\"errors\":[{\"code\":\"MANIFEST_INVALID\"}]}")
                                .always())),
                trouble(
                        "a registry that breaks down",
                        "destination: HTTP 500 UNKNOWN .*",
                        (from, to) -> to.fault(Fault.on("PUT", "^/v2/mirror/bad/blobs/")
                                .status(500)
                                .always())));
    }

    private interface Trouble {
        void make(TestRegistry from, TestRegistry to);
    }

    private static Arguments trouble(String name, String line, Trouble trouble) {
        return Arguments.of(name, line, trouble);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("troubles")
    void failsOnlyBadImageWithSideStatusAndCode(String name, String line, Object trouble) {
        ((Trouble) trouble).make(source, destination);

        InProcess.Result result = sync();

        assertThat(result.exitCode()).as("%s", result).isEqualTo(1);
        assertThat(result.out())
                .containsPattern("(?m)^  copied +2 ")
                .containsPattern("(?m)^  failed +1$")
                .containsPattern("(?m)^    bad:1  " + line + "$");
        assertThat(result.err()).containsPattern("(?m)^\\[\\d/3\\] FAILED   bad:1  " + line + "$");
        assertThat(workplace.metadata().images()).containsExactly("good:1", "good:2");
        assertThat(destination.manifestDigest("mirror/bad", "1")).isEmpty();

        source.clearFaults();
        destination.clearFaults();
        source.put("ns/bad", "1", BAD);
        InProcess.Result next = sync();
        assertThat(next.exitCode()).as("%s", next).isZero();
        assertThat(destination.manifestDigest("mirror/bad", "1")).isEqualTo(BAD.digest());
        assertThat(workplace.metadata().images()).containsExactly("bad:1", "good:1", "good:2");
    }

    @Test
    void toleratesTransientErrors() {
        Consumer<Fault> atSource = source::fault;
        atSource.accept(Fault.on("GET", "/blobs/").cutAfter(200).times(2));
        atSource.accept(Fault.on("GET", "/manifests/sha256").status(503).header("Retry-After", "0"));
        destination.fault(Fault.on("POST", "/blobs/uploads/")
                .status(429)
                .header("Retry-After", "0")
                .times(2));
        destination.fault(Fault.on("PUT", "/blobs/uploads/").cutUploadAfter(100));
        destination.fault(Fault.on("PUT", "/manifests/").resetConnection());

        InProcess.Result result = sync();

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(workplace.metadata().images()).containsExactly("bad:1", "good:1", "good:2");
    }

    @Test
    void escapesTerminalSequencesOfRegistry() {
        source.fault(Fault.on("GET", "/v2/ns/bad/manifests/")
                .status(403, "{\"errors\":[{\"code\":\"DENIED\",\"message\":\"\\u001b[31mred\\u0007\\nsecond line\"}]}")
                .always());

        InProcess.Result result = sync();

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.out() + result.err())
                .doesNotContain("\u001b", "\u0007")
                .contains("second line");
        assertThat(result.err().lines().filter(line -> line.contains("second line")))
                .singleElement()
                .asString()
                .contains("bad:1");
    }

    private InProcess.Result sync() {
        return workplace.sync(source.host(), destination.host() + "/mirror");
    }
}
