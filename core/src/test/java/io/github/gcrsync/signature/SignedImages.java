package io.github.gcrsync.signature;

import io.github.gcrsync.content.MemoryStore;
import io.github.gcrsync.content.Repository;
import io.github.gcrsync.content.TestImages;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.oci.MediaType;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.text.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A repository in memory with images and their signatures, well-formed or not. */
final class SignedImages {
    final MemoryStore store = new MemoryStore();
    final Repository repository = store.repository(new RepositoryName("team/app"));

    Manifest image(String content) {
        Digest digest = store.put("team/app", content, content);
        return repository.manifest(digest.value());
    }

    static String tag(Manifest image) {
        return image.descriptor().digest().value().replace(':', '-') + ".sig";
    }

    /** A layer of simple signing. */
    Map<String, Object> simple(byte[] payload, Map<String, String> annotations) {
        return layer(SimpleSigning.MEDIA_TYPE, payload, annotations);
    }

    Map<String, Object> simple(Signer signer, Manifest image) {
        byte[] payload = Signer.payload(image.descriptor().digest());
        return simple(payload, Map.of("dev.cosignproject.cosign/signature", signer.signInBase64(payload)));
    }

    Map<String, Object> bundle(byte[] bundle) {
        return layer(SigstoreBundle.MEDIA_TYPE, bundle, Map.of());
    }

    Map<String, Object> bundle(Signer signer, Manifest image) {
        return bundle(signer.bundle(
                Signer.statement(Statement.SIGNATURE, image.descriptor().digest())));
    }

    Map<String, Object> layer(String mediaType, byte[] content, Map<String, String> annotations) {
        Descriptor blob = Descriptor.of(mediaType, content);
        repository.ensureBlob(blob, TestImages.content(content));
        Map<String, Object> layer = json(blob);
        layer.put("annotations", annotations);
        return layer;
    }

    void tagged(String tag, List<Map<String, Object>> layers) {
        repository.putManifest(tag, manifest(Optional.empty(), "", layers));
    }

    Digest referrer(Manifest subject, String artifactType, List<Map<String, Object>> layers) {
        Manifest referrer = manifest(Optional.of(subject.descriptor()), artifactType, layers);
        repository.putManifest(referrer.descriptor().digest().value(), referrer);
        return referrer.descriptor().digest();
    }

    Manifest manifest(Optional<Descriptor> subject, String artifactType, List<Map<String, Object>> layers) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("schemaVersion", 2);
        json.put("mediaType", MediaType.OCI_MANIFEST);
        json.put("artifactType", artifactType);
        json.put("config", layer("application/vnd.oci.empty.v1+json", TestImages.utf8("{}"), Map.of()));
        json.put("layers", layers);
        subject.ifPresent(image -> json.put("subject", json(image)));
        return TestImages.manifest(MediaType.OCI_MANIFEST, Json.text(json));
    }

    private static Map<String, Object> json(Descriptor descriptor) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("mediaType", descriptor.mediaType());
        json.put("digest", descriptor.digest());
        json.put("size", descriptor.size());
        return json;
    }

    Verdict verify(Manifest image, SignaturePolicy policy) {
        return Signatures.verify(repository, image.descriptor().digest(), policy);
    }

    /** The cause and the words of a refusal. */
    Verdict.Refused refusal(Manifest image, SignaturePolicy policy) {
        return (Verdict.Refused) verify(image, policy);
    }
}
