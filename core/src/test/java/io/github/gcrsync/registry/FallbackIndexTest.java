package io.github.gcrsync.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Repository;
import io.github.gcrsync.content.TestImages;
import io.github.gcrsync.engine.Engine;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.DigestTags;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.oci.MediaType;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.tasks.Tasks;
import io.github.gcrsync.testkit.DockerRegistry;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.TestRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lists of referrers that the client keeps under a tag ("Referrers Tag Schema"). */
@Timeout(120)
final class FallbackIndexTest {
    private static final RepositoryName NAME = new RepositoryName("team/app");
    private static final byte[] CONTENT = TestImages.utf8("{}");
    private static final Descriptor CONFIG = Descriptor.of(TestImages.CONFIG, CONTENT);
    private static final Manifest IMAGE = TestImages.image(CONFIG, List.of(CONFIG));
    private static final Digest SUBJECT = IMAGE.descriptor().digest();
    private static final String TAG = DigestTags.ofReferrers(SUBJECT);

    private final TestRegistry registry =
            TestRegistry.builder().referrersApi(false).sparseIndexes(true).start();
    private final Engine engine = Registries.engine().build();
    private final Engine other = Registries.engine().build();

    @TempDir
    private Path folder;

    @BeforeEach
    void putImage() {
        put(repository(), IMAGE);
    }

    @AfterEach
    void close() {
        engine.close();
        other.close();
        registry.close();
    }

    private Repository repository() {
        return engine.registry(registry.host()).repository(NAME);
    }

    private Repository byOther() {
        return other.registry(registry.host()).repository(NAME);
    }

    private static void put(Repository repository, Manifest manifest) {
        repository.ensureBlob(CONFIG, TestImages.content(CONTENT));
        repository.putManifest(manifest.descriptor().digest().value(), manifest);
    }

    private static Manifest referrer(int number) {
        return TestImages.referrer(IMAGE.descriptor(), "application/vnd.example.n" + number, CONFIG);
    }

    /** Stores a referrer and lists it. */
    private static Descriptor add(Repository repository, int number) {
        Manifest referrer = referrer(number);
        put(repository, referrer);
        repository.listReferrers(SUBJECT, List.of(referrer.asReferrer()), Optional.empty());
        return referrer.asReferrer();
    }

    @Test
    void keepsTextOfOtherClients() {
        put(repository(), referrer(1));
        Manifest before = TestImages.manifest(
                MediaType.OCI_INDEX,
                "{ \"schemaVersion\":2, \"manifests\" : [ {\"size\":"
                        + referrer(1).descriptor().size()
                        + ",\"data\":null,\"digest\":\""
                        + referrer(1).descriptor().digest()
                        + "\",\"mediaType\":\"" + MediaType.OCI_MANIFEST + "\"} ] , \"annotations\":{\"by\":\"é\"} }");
        repository().putManifest(TAG, before);

        Descriptor added = add(repository(), 2);

        String text = new String(registry.manifestBytes("team/app", TAG), StandardCharsets.UTF_8);
        assertThat(text).startsWith("{ \"schemaVersion\":2, \"manifests\" : [ {\"size\":");
        assertThat(text).contains("\"data\":null").endsWith("} ] , \"annotations\":{\"by\":\"é\"} }");
        assertThat(repository().referrers(SUBJECT)).hasSize(2).last().isEqualTo(added);
    }

    @Test
    void addsToEmptyList() {
        repository().putManifest(TAG, TestImages.index(MediaType.OCI_INDEX, List.of()));

        Descriptor added = add(repository(), 1);

        assertThat(repository().referrers(SUBJECT)).containsExactly(added);
    }

    @Test
    void replacesListThatIsNull() {
        repository().putManifest(TAG, TestImages.manifest(MediaType.OCI_INDEX, "{\"manifests\":null}"));

        Descriptor added = add(repository(), 1);

        assertThat(repository().referrers(SUBJECT)).containsExactly(added);
    }

    @Test
    void writesNothingIfListIsComplete() {
        Descriptor added = add(repository(), 1);
        registry.log().clear();

        repository().listReferrers(SUBJECT, List.of(added), Optional.empty());

        assertThat(registry.log().count("PUT", ".*")).isZero();
    }

    @Test
    void storesExistingReferrerAgainToLearnWhetherSubjectIsRead() {
        put(byOther(), referrer(1));

        repository().listReferrers(SUBJECT, List.of(referrer(1).asReferrer()), Optional.empty());

        assertThat(repository().referrers(SUBJECT)).hasSize(1);
    }

    @Test
    void writesNoListWhereSubjectIsRead() {
        try (TestRegistry modern = TestRegistry.start()) {
            Repository repository = engine.registry(modern.host()).repository(NAME);
            put(repository, IMAGE);
            put(other.registry(modern.host()).repository(NAME), referrer(1));

            repository.listReferrers(SUBJECT, List.of(referrer(1).asReferrer()), Optional.empty());
            Descriptor second = add(repository, 2);

            assertThat(modern.tags("team/app")).isEmpty();
            assertThat(repository.referrers(SUBJECT)).contains(second);
        }
    }

    @Test
    void threadsLoseNothing() {
        Tasks.forEach(IntStream.range(0, 20).boxed().toList(), 8, number -> add(repository(), number));

        assertThat(repository().referrers(SUBJECT)).hasSize(20);
    }

    /** The other client read the list before this one wrote it, and writes it before this one reads it again. */
    @Test
    void addsAgainWhatAnotherClientOverwrites() throws Exception {
        CountDownLatch open = new CountDownLatch(1);
        registry.fault(Fault.on("GET", "/manifests/" + TAG).skip(1).delayUntil(open));
        FutureTask<Descriptor> adding = new FutureTask<>(() -> add(repository(), 1));
        Thread.ofPlatform().start(adding);
        while (registry.log().count("GET", "/manifests/" + TAG) < 2) {
            Thread.onSpinWait();
        }
        put(byOther(), referrer(2));
        byOther()
                .putManifest(
                        TAG,
                        TestImages.index(
                                MediaType.OCI_INDEX, List.of(referrer(2).descriptor())));
        open.countDown();

        Descriptor added = adding.get();

        assertThat(repository().referrers(SUBJECT))
                .extracting(Descriptor::digest)
                .containsExactly(referrer(2).descriptor().digest(), added.digest());
    }

    @Test
    void failsIfListIsNeverKept() {
        registry.fault(Fault.on("PUT", "/manifests/" + TAG).status(201).always());

        assertThatThrownBy(() -> add(repository(), 1))
                .isInstanceOf(ContentException.Unsupported.class)
                .hasMessageContaining("does not keep the list of referrers team/app:" + TAG)
                .hasMessageContaining("; check that no other tool writes to this repository");
    }

    @Test
    void refusesTagThatIsNoList() {
        repository().putManifest(TAG, TestImages.image(CONFIG, List.of()));

        assertThatThrownBy(() -> add(repository(), 1))
                .isInstanceOf(ContentException.Corrupt.class)
                .hasMessageContaining("holds something that is not an index");
    }

    @Test
    void removesDanglingEntriesWhereTheyAreRefused() {
        try (TestRegistry strict = TestRegistry.builder().referrersApi(false).start()) {
            Repository repository = engine.registry(strict.host()).repository(NAME);
            put(repository, IMAGE);
            Descriptor gone = add(repository, 1);
            Descriptor kept = add(repository, 2);
            strict.delete("team/app", gone.digest().value());

            Descriptor added = add(repository, 3);

            assertThat(repository.referrers(SUBJECT)).containsExactly(kept, added);
        }
    }

    @Test
    void writesListWhoseAbsenceIsDenied() {
        registry.fault(Fault.on("GET", "/manifests/" + TAG).status(403));

        Descriptor added = add(repository(), 1);

        assertThat(repository().referrers(SUBJECT)).containsExactly(added);
    }

    /** The user may push but not pull. */
    @ParameterizedTest
    @ValueSource(strings = {"/manifests/sha256-", "/(manifests/sha256-|tags/list)"})
    void overwritesNoListThatItMayNotRead(String denied) {
        add(byOther(), 1);
        String before = registry.manifestDigest("team/app", TAG);
        registry.fault(Fault.on("GET", denied).status(403).always());

        assertThatThrownBy(() -> add(repository(), 2))
                .isInstanceOf(ContentException.Denied.class)
                .hasMessageContaining(
                        "the tag " + TAG + " may exist but cannot be read, and is not overwritten: HTTP 403")
                .hasMessageEndingWith("; let this user pull from the repository too");
        assertThat(registry.manifestDigest("team/app", TAG)).isEqualTo(before);
    }

    @Test
    void keepsListInDockerRegistry() {
        try (DockerRegistry docker = DockerRegistry.start(folder)) {
            Repository repository = engine.registry(docker.host()).repository(NAME);
            put(repository, IMAGE);
            Descriptor first = add(repository, 1);
            Descriptor second = add(repository, 2);

            assertThat(repository.referrers(SUBJECT)).containsExactly(first, second);
        }
    }
}
