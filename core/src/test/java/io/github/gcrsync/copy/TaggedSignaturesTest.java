package io.github.gcrsync.copy;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.content.Repository;
import io.github.gcrsync.content.TestImages;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.oci.MediaType;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.TestRegistry;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** cosign keeps all signatures of an image in one manifest: those added at the destination must survive. */
@Timeout(120)
final class TaggedSignaturesTest {
    private final Signed images = Signed.between(true, true);
    private final TestRegistry second = TestRegistry.start();
    private final String tag = SampleImages.cosignTag(images.amd);

    @AfterEach
    void close() {
        images.close();
        second.close();
    }

    /** Stores a manifest with these layers under the tag; each is the name of a payload and a signature of it. */
    private Manifest put(Repository repository, String... layers) {
        Descriptor config = blob(repository, "{\"layers\":" + layers.length + "}");
        String all = Stream.of(layers)
                .map(layer -> "{" + json(blob(repository, layer.substring(0, 1))) + ",\"annotations\":{\"signature\":\""
                        + layer.substring(1) + "\"}}")
                .collect(Collectors.joining(","));
        Manifest manifest = TestImages.manifest(
                MediaType.OCI_MANIFEST,
                "{\"schemaVersion\":2,\"config\":{" + json(config) + "},\"layers\":[" + all + "]}");
        repository.putManifest(tag, manifest);
        return manifest;
    }

    private static Descriptor blob(Repository repository, String text) {
        byte[] content = TestImages.utf8(text);
        Descriptor blob = Descriptor.of(TestImages.CONFIG, content);
        repository.ensureBlob(blob, TestImages.content(content));
        return blob;
    }

    private static String json(Descriptor blob) {
        return "\"mediaType\":\"" + blob.mediaType() + "\",\"size\":" + blob.size() + ",\"digest\":\"" + blob.digest()
                + "\"";
    }

    private void assertStored(TestRegistry registry, Manifest expected) {
        assertThat(registry.manifestDigest(Signed.TO, tag))
                .isEqualTo(expected.descriptor().digest().value());
    }

    @Test
    void keepsSignaturesThatWereAddedAtDestination() {
        put(images.from(), "a1");
        Manifest more = put(images.to(), "a1", "b2");

        CopiedReferrers copied = images.copy();

        assertThat(copied.failures()).isEmpty();
        assertThat(copied.count()).isEqualTo(1);
        assertStored(images.destination, more);
    }

    @Test
    void replacesFewerSignaturesThanSourceHas() {
        Manifest all = put(images.from(), "a1", "b2");
        put(images.to(), "b2");

        assertThat(images.copy().areComplete()).isTrue();
        assertStored(images.destination, all);
    }

    /** The payload of cosign does not name the key. */
    @Test
    void distinguishesSignaturesOfOnePayload() {
        Manifest all = put(images.from(), "a1", "a2");
        put(images.to(), "a1");

        assertThat(images.copy().areComplete()).isTrue();
        assertStored(images.destination, all);
    }

    @Test
    void failsIfSourceAndDestinationHaveOwnSignatures() {
        Manifest ofSource = put(images.from(), "a1", "a2");
        Manifest own = put(images.to(), "a1", "a3", "b1");

        List<CopyResult> results = images.copy(new Copier(images.options), images.from(), images.target(second));

        assertThat(Signed.copied(results.getFirst()).failures())
                .singleElement()
                .satisfies(failure -> assertThat(failure.message())
                        .isEqualTo("referrer " + tag + " of " + images.amd.digest()
                                + " not copied: destination: the tag "
                                + tag + " has 2 layers that the source lacks, for example a signature that was added"
                                + " there; it is not overwritten; delete this tag at the destination if it needs only"
                                + " what the source has"));
        assertStored(images.destination, own);
        assertThat(images.arrived(images.index)).isTrue();
        assertThat(Signed.copied(results.getLast()).areComplete()).isTrue();
        assertStored(second, ofSource);
    }

    @Test
    void overwritesNoTagThatItMayNotRead() {
        put(images.from(), "a1");
        Manifest own = put(images.to(), "b1");
        images.destination.fault(
                Fault.on("HEAD", "/manifests/" + tag).status(403).always());

        CopiedReferrers copied = images.copy();

        assertThat(copied.failures())
                .singleElement()
                .satisfies(failure -> assertThat(failure.message())
                        .contains("the tag " + tag + " may exist but cannot be read, and is not overwritten: HTTP 403")
                        .endsWith("; let this user pull from the repository too"));
        assertStored(images.destination, own);
    }

    @Test
    void storesTagWhoseAbsenceIsDenied() {
        Manifest signature = put(images.from(), "a1");
        images.destination.fault(
                Fault.on("HEAD", "/manifests/" + tag).status(403).always());

        assertThat(images.copy().areComplete()).isTrue();
        assertStored(images.destination, signature);
    }

    /** Artifactory. */
    @Test
    void takesDeniedTagOfSourceAsMissingUnlessItIsListed() {
        put(images.from(), "a1");
        images.source.fault(
                Fault.on("GET", "/manifests/sha256-.*\\.").status(403).always());

        assertThat(images.copy().failures())
                .singleElement()
                .satisfies(failure -> assertThat(failure.message()).contains("source: HTTP 403"));

        images.source.fault(Fault.on("GET", "/tags/list").status(403).always());
        CopyResult result = new Copier(images.options)
                .copy(images.from(), images.index.digest(), List.of(images.target(images.destination)), Set.of())
                .getFirst();
        assertThat(Signed.copied(result)).isEqualTo(CopiedReferrers.NONE);
    }
}
