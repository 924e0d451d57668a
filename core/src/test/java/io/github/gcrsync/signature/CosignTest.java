package io.github.gcrsync.signature;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.content.Repository;
import io.github.gcrsync.copy.CopyOptions;
import io.github.gcrsync.engine.Engine;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.signature.SignaturePolicy.Match;
import io.github.gcrsync.signature.Verdict.Cause;
import io.github.gcrsync.testkit.DockerRegistry;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.TestRegistry;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Signatures that the program cosign makes and judges, in a registry with the referrers API and one without. */
final class CosignTest {
    private static final String SIGN = "https://sigstore.dev/cosign/sign/v1";

    @TempDir
    private static Path keys;

    private static Cosign cosign;
    private static VerificationKey release;
    private static VerificationKey audit;

    @TempDir
    private Path folder;

    private final Engine engine = Engine.builder().build();
    private final TestRegistry registry = TestRegistry.start();

    @BeforeAll
    static void makeKeys() {
        cosign = new Cosign(keys);
        release = cosign.generate("release");
        audit = cosign.load("audit", Signer.ed25519("audit", false));
    }

    @AfterEach
    void close() {
        engine.close();
        registry.close();
    }

    @Test
    void acceptsEachFormatOfCosign() {
        acceptsEachFormat(registry.host(), SampleImages.oci(1), SampleImages.docker(2), SampleImages.oci(3));
    }

    @Test
    void acceptsEachFormatInDockerRegistry() {
        SampleImage tagged = SampleImages.oci(1);
        SampleImage referred = SampleImages.docker(2);
        SampleImage bundled = SampleImages.oci(3);
        try (DockerRegistry docker = DockerRegistry.start(folder)) {
            List.of(tagged, referred, bundled).forEach(image -> docker.put("team/app", "v1", image));
            acceptsEachFormat(docker.host(), tagged, referred, bundled);
        }
    }

    private void acceptsEachFormat(String host, SampleImage tagged, SampleImage referred, SampleImage bundled) {
        if (host.equals(registry.host())) {
            List.of(tagged, referred, bundled).forEach(image -> registry.put("team/app", "v1", image));
        }
        cosign.signAsReferrer("release", reference(host, referred));
        // Of several such referrers cosign 2.5 reads only the last.
        assertThat(cosign.accepts(release, reference(host, referred), "--experimental-oci11=true"))
                .isTrue();
        cosign.signAsReferrer("audit", reference(host, referred));
        for (String key : List.of("release", "audit")) {
            cosign.sign(key, reference(host, tagged));
            cosign.attest(key, reference(host, bundled), SIGN);
        }
        assertThat(cosign.accepts(release, reference(host, tagged))).isTrue();
        assertThat(cosign.accepts(audit, reference(host, tagged))).isTrue();

        for (SampleImage image : List.of(tagged, referred, bundled)) {
            Digest digest = new Digest(image.digest());
            assertThat(Signatures.verify(repository(host), digest, policy(Match.ALL)))
                    .isEqualTo(new Verdict.Valid(digest, List.of(release.name(), audit.name())));
        }
    }

    @Test
    void acceptsEachImageOfIndexSignedRecursively() {
        SampleImage index = SampleImages.multiPlatform(4);
        registry.put("team/app", "v1", index);
        cosign.sign("release", reference(registry.host(), index), "--recursive");

        Repository repository = repository(registry.host());
        List<Descriptor> children = repository.manifest(index.digest()).children();
        assertThat(children)
                .hasSize(3)
                .allSatisfy(child -> assertThat(Signatures.verify(repository, child.digest(), policy(Match.ANY)))
                        .isInstanceOf(Verdict.Valid.class));
        assertThat(Signatures.verify(repository, new Digest(index.digest()), policy(Match.ANY)))
                .isInstanceOf(Verdict.Valid.class);
    }

    @Test
    void attestationIsNoSignature() {
        SampleImage image = SampleImages.oci(5);
        registry.put("team/app", "v1", image);
        cosign.attest("release", reference(registry.host(), image), "spdxjson");

        assertThat(refusal(image.digest()).cause()).isEqualTo(Cause.UNSIGNED);
    }

    /** Signed by the JDK, as with keys of a key management service. */
    @ParameterizedTest
    @ValueSource(strings = {"secp256r1", "secp384r1", "secp521r1", "RSA", "Ed25519"})
    void agreesAboutEachKindOfKey(String kind) {
        Signer signer = switch (kind) {
            case "RSA" -> Signer.rsa(kind, 3072, "SHA256");
            case "Ed25519" -> Signer.ed25519(kind, false);
            default -> Signer.ecdsa(kind, kind, "SHA256");
        };
        SampleImage image = SampleImages.oci(6);
        registry.put("team/app", "v1", image);
        String reference = reference(registry.host(), image);
        byte[] payload = Signer.payload(new Digest(image.digest()));
        cosign.attach(reference, payload, signer.signInBase64(payload));
        VerificationKey key = cosign.save(kind, signer);

        assertThat(cosign.accepts(key, reference)).isTrue();
        assertThat(Signatures.verify(
                        repository(registry.host()),
                        new Digest(image.digest()),
                        new SignaturePolicy(List.of(key), Match.ANY)))
                .isInstanceOf(Verdict.Valid.class);
    }

    @Test
    void agreesAboutTamperedSignatures() {
        Signer signer = Signer.named("signer");
        VerificationKey key = cosign.save("signer", signer);
        SignedImages images = new SignedImages();
        Manifest image = images.image("v1");
        Manifest other = images.image("v2");
        byte[] payload = Signer.payload(image.descriptor().digest());
        List<List<Map<String, Object>>> tampered = List.of(
                List.of(images.simple(signer, other)),
                List.of(images.simple(Signer.named("stranger"), image)),
                List.of(images.simple(payload, Map.of())),
                List.of(images.layer("text/plain", payload, Map.of())));
        tampered.forEach(
                layers -> assertThat(agreed(images, image, layers, key)).isFalse());
        assertThat(agreed(images, image, List.of(images.simple(signer, image)), key))
                .isTrue();
    }

    /** What both say about these layers under the tag of the image's signature. */
    private boolean agreed(SignedImages images, Manifest image, List<Map<String, Object>> layers, VerificationKey key) {
        Repository registered = repository(registry.host());
        images.tagged(SignedImages.tag(image), layers);
        for (String tag : List.of("v1", SignedImages.tag(image))) {
            engine.copy(images.repository, tag, registered, tag, CopyOptions.defaults());
        }
        Digest digest = image.descriptor().digest();
        boolean accepted = Signatures.verify(registered, digest, new SignaturePolicy(List.of(key), Match.ANY))
                instanceof Verdict.Valid;

        assertThat(cosign.accepts(key, registry.host() + "/team/app@" + digest)).isEqualTo(accepted);
        return accepted;
    }

    private Verdict.Refused refusal(String digest) {
        return (Verdict.Refused) Signatures.verify(repository(registry.host()), new Digest(digest), policy(Match.ANY));
    }

    private static SignaturePolicy policy(Match match) {
        return new SignaturePolicy(List.of(release, audit), match);
    }

    private static String reference(String host, SampleImage image) {
        return host + "/team/app@" + image.digest();
    }

    private Repository repository(String host) {
        return engine.registry(host).repository(new RepositoryName("team/app"));
    }
}
