package io.github.gcrsync.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.testkit.DockerRegistry;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.TestRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Mirrors only signed images; cosign signs them. */
final class RequiredSignaturesTest extends SignedImages {
    @Test
    void mirrorsOnlySignedImages() {
        SampleImage good = offerSigned("good", 1, "release");
        SampleImage none = offer("none", 2);
        SampleImage other = offerSigned("other", 3, "audit");
        SampleImage referred = offer("referred", 4);
        cosign.signAsReferrer("release", reference("ns/referred", referred));

        Result result = signed();

        assertThat(result.exitCode()).as("%s", result).isEqualTo(1);
        assertThat(isMirrored("good", good)).isTrue();
        assertThat(isMirrored("referred", referred)).isTrue();
        assertThat(destination.repositories()).containsExactlyInAnyOrder("mirror/good", "mirror/referred");
        assertThat(recorded()).containsExactly("good:1", "referred:1");
        assertThat(result.out())
                .containsPattern("copied +2 ")
                .containsPattern("failed +2\n")
                .contains("none:1  source: unsigned: " + none.digest() + " has no signature; ")
                .contains("other:1  source: other key: " + other.digest() + " has signatures but none by " + release)
                .contains("what to do: ask its publisher to sign it by a key that is required");
        assertThat(blobsRead("none")).isZero();
        // Only the payload of the signature.
        assertThat(blobsRead("other")).isEqualTo(1);
    }

    @Test
    void verifiesNothingTwice() {
        offerSigned("good", 1, "release");
        offerSigned("again", 1, "release");
        assertThat(signed().exitCode()).isZero();
        source.log().clear();

        Result second = signed();

        assertThat(second.exitCode()).as("%s", second).isZero();
        assertThat(second.out()).containsPattern("up to date +2\n");
        assertThat(source.log().count("GET", "\\.sig$")).isZero();
    }

    @Test
    void neverQuarantinesUnsignedImages() {
        SampleImage image = offer("late", 1);
        for (int run = 0; run < 4; run++) {
            Result result = signed();
            assertThat(result.exitCode()).isEqualTo(1);
            assertThat(result.out()).containsPattern("failed +1\n").doesNotContain("quarantined");
        }
        assertThat(folder.resolve("state/gcrsync/quarantine")).doesNotExist();

        cosign.sign("release", reference("ns/late", image));
        assertThat(signed().exitCode()).isZero();
        assertThat(isMirrored("late", image)).isTrue();
    }

    /** The payload of another image, under the tag of this one's signature. */
    @Test
    void refusesSignatureOfAnotherImage() throws IOException, InterruptedException {
        SampleImage signed = offerSigned("app", 1, "release");
        SampleImage victim = SampleImages.oci(2);
        source.put("ns/app", "1", victim);
        byte[] signature = source.manifestBytes("ns/app", SampleImages.cosignTag(signed));
        moveSignature(signature, victim);

        assertRefused("bad signature: " + victim.digest() + " has a bad signature: ");
    }

    @Test
    void refusesSignatureWithoutItsAnnotation() throws IOException, InterruptedException {
        SampleImage image = offerSigned("app", 1, "release");
        String manifest =
                new String(source.manifestBytes("ns/app", SampleImages.cosignTag(image)), StandardCharsets.UTF_8);
        moveSignature(
                manifest.replace("dev.cosignproject.cosign/signature", "removed")
                        .getBytes(StandardCharsets.UTF_8),
                image);

        assertRefused("lacks the annotation dev.cosignproject.cosign/signature");
    }

    @Test
    void refusesTamperedPayload() {
        offerSigned("app", 1, "release");
        source.fault(Fault.on("GET", "/v2/ns/app/blobs/").corruptByte(20).always());

        assertRefused("bad signature: ");
    }

    private void assertRefused(String words) {
        for (int run = 0; run < 3; run++) {
            Result result = signed();
            assertThat(result.exitCode()).as("%s", result).isEqualTo(1);
            assertThat(result.out()).contains("source: bad signature: ", words).doesNotContain("quarantined");
        }
        assertThat(destination.log().count("POST|PUT|PATCH", ".*")).isZero();
    }

    @Test
    void refusesBundleOfAnotherImage() throws IOException, InterruptedException {
        SampleImage signed = offer("app", 1);
        cosign.signAsBundle("release", reference("ns/app", signed));
        assertThat(signed().exitCode()).isZero();
        SampleImage victim = SampleImages.oci(2);
        source.put("ns/app", "1", victim);
        byte[] referrer = text(source.manifestBytes("ns/app", referrers(signed).getFirst()))
                .replace(signed.digest(), victim.digest())
                .getBytes(StandardCharsets.UTF_8);
        put(Digest.sha256(referrer).value(), referrer);
        destination.log().clear();

        assertRefused("is a signature for " + signed.digest() + " instead");
    }

    private List<String> referrers(SampleImage image) throws IOException, InterruptedException {
        String list = text(send("referrers/" + image.digest(), HttpRequest.Builder::GET));
        return Pattern.compile("\"digest\":\"([^\"]+)\"")
                .matcher(list)
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    /** Stores these bytes under the tag of the image's signature. */
    private void moveSignature(byte[] manifest, SampleImage image) throws IOException, InterruptedException {
        put(SampleImages.cosignTag(image), manifest);
    }

    private void put(String tagOrDigest, byte[] manifest) throws IOException, InterruptedException {
        byte[] ignored = send(
                "manifests/" + tagOrDigest,
                request -> request.header("Content-Type", "application/vnd.oci.image.manifest.v1+json")
                        .PUT(BodyPublishers.ofByteArray(manifest)));
    }

    private byte[] send(String path, UnaryOperator<HttpRequest.Builder> request)
            throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            URI uri = URI.create("http://" + source.host() + "/v2/ns/app/" + path);
            HttpResponse<byte[]> response =
                    client.send(request.apply(HttpRequest.newBuilder(uri)).build(), BodyHandlers.ofByteArray());
            assertThat(response.statusCode()).isIn(200, 201);
            return response.body();
        }
    }

    private static String text(byte[] content) {
        return new String(content, StandardCharsets.UTF_8);
    }

    @Test
    void verifiesCurrentDigestIfListedOneIsGone() throws Exception {
        SampleImage before = offerSigned("a", 1, "release");
        SampleImage unsigned = SampleImages.oci(2);

        Result refused = signedWhile(() -> {
            source.delete("ns/a", before.digest());
            source.put("ns/a", "1", unsigned);
        });
        assertThat(refused.exitCode()).as("%s", refused).isEqualTo(1);
        assertThat(refused.out()).contains("a:1  source: unsigned: " + unsigned.digest());
        assertThat(destination.manifestDigest("mirror/a", "1")).isEmpty();

        SampleImage after = SampleImages.oci(3);
        Result followed = signedWhile(() -> {
            source.delete("ns/a", unsigned.digest());
            source.put("ns/a", "1", after);
            cosign.sign("release", reference("ns/a", after));
        });
        assertThat(followed.exitCode()).as("%s", followed).isZero();
        assertThat(isMirrored("a", after)).isTrue();
    }

    /** Runs a sync during which something happens after the listing and before the first copy. */
    private Result signedWhile(Runnable happening) throws Exception {
        destination.log().clear();
        CountDownLatch happened = new CountDownLatch(1);
        destination.fault(Fault.on("GET", "/tags/list$").delayUntil(happened).always());
        CompletableFuture<Result> running = CompletableFuture.supplyAsync(this::signed);
        while (destination.log().count() == 0 && !running.isDone()) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
        happening.run();
        happened.countDown();
        destination.clearFaults();
        return running.get(1, TimeUnit.MINUTES);
    }

    @Test
    void recordsNoUnsignedImageThatDestinationHas() {
        SampleImage good = offerSigned("good", 1, "release");
        SampleImage none = offer("none", 2);
        destination.put("mirror/good", "1", good);
        destination.put("mirror/none", "1", none);

        Result result = signed("--log-format=json");

        assertThat(result.exitCode()).as("%s", result).isEqualTo(1);
        assertThat(result.out()).containsPattern("already there +1 ").containsPattern("failed +1\n");
        assertThat(result.err()).contains("\"cause\":\"unsigned\"");
        assertThat(recorded()).containsExactly("good:1");
        assertThat(isMirrored("none", none)).isTrue();
    }

    @Test
    void namesCauseInReportAndEvents() throws IOException {
        offer("none", 1);
        offerSigned("other", 2, "audit");
        Path report = folder.resolve("run.json");
        Path page = folder.resolve("run.html");

        Result result = signed("--log-format=json", "--report=" + report, "--report=" + page);

        assertThat(result.err())
                .contains("\"event\":\"image-failed\"", "\"cause\":\"unsigned\"", "\"cause\":\"other key\"");
        assertThat(Files.readString(report)).contains("\"unsigned\"", "\"other key\"");
        assertThat(Files.readString(page)).contains("unsigned: sha256:", "other key: sha256:");
    }

    @Test
    void verifiesOnceForSeveralDestinations() {
        offerSigned("good", 1, "release");
        try (TestRegistry second = TestRegistry.start()) {
            Result result = signed("--destination=" + second.host() + "/mirror", "--referrers=false");

            assertThat(result.exitCode()).as("%s", result).isZero();
            assertThat(source.log().count("GET", "\\.sig$")).isEqualTo(1);
            assertThat(second.repositories()).containsExactly("mirror/good");
        }
    }

    /** Without the referrers API, lists of referrers have tags, and cosign's signatures do too. */
    @Test
    void mirrorsFromDockerRegistryWithSignatures() throws IOException {
        SampleImage tagged = SampleImages.oci(1);
        SampleImage referred = SampleImages.oci(2);
        try (DockerRegistry docker = DockerRegistry.start(Files.createDirectories(folder.resolve("docker-registry")))) {
            docker.put("ns/app", "1", tagged);
            docker.put("ns/app", "2", referred);
            docker.put("ns/app", "3", SampleImages.oci(3));
            cosign.sign("release", docker.host() + "/ns/app@" + tagged.digest());
            cosign.signAsReferrer("release", docker.host() + "/ns/app@" + referred.digest());

            Result result = place().sync(
                            docker.host(),
                            destination.host() + "/mirror",
                            "--verify-key=" + release,
                            "--no-default-excludes");

            assertThat(result.exitCode()).as("%s", result).isEqualTo(1);
            assertThat(result.out()).contains("app:3  source: unsigned: ").contains("with 2 signatures");
            cosign.verify("release", destination.host() + "/mirror/app@" + tagged.digest());
            cosign.verify("release", destination.host() + "/mirror/app@" + referred.digest(), "--experimental-oci11");
        }
    }
}
