package io.github.gcrsync.copy;

import io.github.gcrsync.content.ImageSource;
import io.github.gcrsync.content.Repository;
import io.github.gcrsync.content.TestImages;
import io.github.gcrsync.engine.Engine;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.DigestTags;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.oci.MediaType;
import io.github.gcrsync.oci.Platforms;
import io.github.gcrsync.oci.ReferrerTypes;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.registry.Registries;
import io.github.gcrsync.testkit.Content;
import io.github.gcrsync.testkit.RegistryOptions;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.TestRegistry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;

/** An index of two images at a source, what refers to them, and destinations. */
final class Signed implements AutoCloseable {
    static final String FROM = "ns/app";
    static final String TO = "mirror/app";

    final SampleImage amd = SampleImages.oci("linux/amd64", SampleImages.layer(1, 3));
    final SampleImage arm = SampleImages.oci("linux/arm64", SampleImages.layer(2, 3));
    final SampleImage index = SampleImages.index(amd, arm);

    final TestRegistry source;
    final TestRegistry destination;
    final Engine engine = Registries.engine().build();
    CopyOptions options = CopyOptions.defaults().withReferrers(ReferrerTypes.ALL);

    private Signed(RegistryOptions source, RegistryOptions destination) {
        this.source = source.start();
        this.destination = destination.start();
        this.source.put(FROM, "1", index);
    }

    static Signed between(boolean sourceHasApi, boolean destinationHasApi) {
        return new Signed(
                TestRegistry.builder().referrersApi(sourceHasApi),
                TestRegistry.builder().referrersApi(destinationHasApi).sparseIndexes(true));
    }

    Repository from() {
        return engine.registry(source.host()).repository(new RepositoryName(FROM));
    }

    Repository to() {
        return at(destination);
    }

    Repository at(TestRegistry registry) {
        return engine.registry(registry.host()).repository(new RepositoryName(TO));
    }

    CopyTarget target(TestRegistry registry) {
        return new CopyTarget(at(registry), registry.host(), "1", true, CopyListener.SILENT);
    }

    /** Stores the artifact at the source, without a tag. */
    SampleImage put(SampleImage artifact) {
        source.put(FROM, artifact);
        return artifact;
    }

    SampleImage sign(long seed, SampleImage subject) {
        return put(SampleImages.signature(seed, subject));
    }

    /** Stores an artifact of this type at the source. */
    Manifest refer(Descriptor subject, String type) {
        byte[] content = TestImages.utf8("{\"type\":\"" + type + "\"}");
        Descriptor config = Descriptor.of(TestImages.CONFIG, content);
        from().ensureBlob(config, TestImages.content(content));
        Manifest artifact = TestImages.referrer(subject, type, config);
        from().putManifest(artifact.descriptor().digest().value(), artifact);
        return artifact;
    }

    static Descriptor descriptor(SampleImage image) {
        return new Descriptor(
                image.mediaType(), new Digest(image.digest()), image.root().size());
    }

    /** Stores the list of referrers at the source, as a client does there. */
    Manifest list(SampleImage subject, List<Descriptor> referrers) {
        Manifest list = TestImages.index(MediaType.OCI_INDEX, referrers);
        source.put(FROM, DigestTags.ofReferrers(new Digest(subject.digest())), raw(list));
        return list;
    }

    private static SampleImage raw(Manifest manifest) {
        Descriptor root = manifest.descriptor();
        String digest = root.digest().value();
        SequencedMap<String, SampleImage.Manifest> manifests = new LinkedHashMap<>();
        manifests.put(
                digest,
                new SampleImage.Manifest(
                        root.mediaType(), Content.of(manifest.content().toArray())));
        return new SampleImage(
                new SampleImage.Descriptor(root.mediaType(), digest, root.size(), ""), manifests, Map.of());
    }

    void choose(String platform, Platforms.Index how) {
        options = options.withPlatforms(Platforms.of(List.of(platform), how));
    }

    CopiedReferrers copy() {
        return copied(copy(new Copier(options), from()).getFirst());
    }

    List<CopyResult> copy(Copier copier, ImageSource by, CopyTarget... more) {
        List<CopyTarget> targets = new ArrayList<>(List.of(target(destination)));
        targets.addAll(List.of(more));
        return copier.copy(by, index.digest(), targets, Set.copyOf(source.tags(FROM)));
    }

    static CopiedReferrers copied(CopyResult result) {
        return ((CopyResult.Stored) result).referrers();
    }

    boolean arrived(SampleImage artifact) {
        return arrived(destination, artifact);
    }

    static boolean arrived(TestRegistry registry, SampleImage artifact) {
        return registry.manifestDigest(TO, artifact.digest()).equals(artifact.digest())
                && artifact.blobs().keySet().stream().allMatch(blob -> registry.hasBlob(TO, blob));
    }

    List<String> listed(SampleImage subject) {
        return to().referrers(new Digest(subject.digest())).stream()
                .map(referrer -> referrer.digest().value())
                .toList();
    }

    static String tag(SampleImage subject) {
        return DigestTags.ofReferrers(new Digest(subject.digest()));
    }

    @Override
    public void close() {
        engine.close();
        source.close();
        destination.close();
    }
}
