package io.github.gcrsync.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.ImageSource;
import io.github.gcrsync.content.MemoryStore.Method;
import io.github.gcrsync.content.TestImages;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.oci.MediaType;
import io.github.gcrsync.oci.RepositoryName;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

final class ReadAheadTest {
    private static final RepositoryName A = new RepositoryName("ns/a");

    private final MemoryMirror mirror = new MemoryMirror();
    private final ReadAhead all = ReadAhead.of(mirror.source, -1);

    private void plan(ReadAhead ahead) {
        mirror.planner(ahead).plan(DatedListing.undated(mirror.tagsOnly()), mirror.ledger, Trust.LEDGER);
    }

    private void fail(Method method, Supplier<ContentException> reason) {
        mirror.source.fail(method, "ns/a", reason);
    }

    @Test
    void doesNotRequestManifestAgainForCopy() {
        Digest digest = mirror.atSource("a:1");

        plan(all);
        Manifest manifest = all.repository(A).manifest(digest.value());

        assertThat(manifest.descriptor().digest()).isEqualTo(digest);
        assertThat(mirror.source.requests(Method.MANIFEST)).containsExactly("ns/a 1");
        assertThat(mirror.source.requests(Method.RESOLVE)).isEmpty();
    }

    @Test
    void returnsManifestOnce() {
        Digest digest = mirror.atSource("a:1");
        mirror.atSource("b:1");
        plan(all);
        ImageSource repository = all.repository(A);

        repository.manifest(digest.value());
        repository.manifest(digest.value());

        assertThat(mirror.source.requests(Method.MANIFEST))
                .containsExactly("ns/a 1", "ns/b 1", "ns/a " + digest.value());
    }

    @Test
    void sharesManifestsWithPlansForOtherDestinations() {
        Digest digest = mirror.atSource("a:1");
        KnownDigests known = KnownDigests.shared();
        ReadAhead first = all.knowing(known);
        ReadAhead second = all.knowing(known);
        plan(first);
        plan(second);

        second.repository(A).manifest(digest.value());

        assertThat(mirror.source.requests(Method.MANIFEST)).containsExactly("ns/a 1");
    }

    @Test
    void doesNotReturnManifestOfAnotherRepository() {
        Digest digest = mirror.atSource("a:1", "same");
        mirror.atSource("b:1", "same");
        all.digestOfNew(A, "1");

        all.repository(new RepositoryName("ns/b")).manifest(digest.value());

        assertThat(mirror.source.requests(Method.MANIFEST)).containsExactly("ns/a 1", "ns/b " + digest.value());
    }

    @Test
    void readsNoMoreManifestsThanTheRunCopies() {
        mirror.atSource("a:1");
        mirror.atSource("a:2");
        mirror.atSource("b:1");

        plan(ReadAhead.of(mirror.source, 2));

        assertThat(mirror.source.requests(Method.MANIFEST)).containsExactly("ns/a 1", "ns/a 2");
        assertThat(mirror.source.requests(Method.RESOLVE)).containsExactly("ns/b 1");
    }

    @Test
    void readsNoManifestOfListedImage() {
        mirror.atSource("a:1");
        mirror.recorded("a:1", "as it was");

        plan(all);

        assertThat(mirror.source.requests(Method.MANIFEST)).isEmpty();
        assertThat(mirror.source.requests(Method.RESOLVE)).containsExactly("ns/a 1");
    }

    @Test
    void readsNothingAheadIfNothingIsCopied() {
        mirror.atSource("a:1");

        plan(ReadAhead.none(mirror.source));

        assertThat(mirror.source.requests(Method.MANIFEST)).isEmpty();
    }

    @Test
    void keepsAtMost16MebibytesOfManifests() {
        Digest first = padded("1", 9 << 20);
        Digest second = padded("2", 9 << 20);
        mirror.atSource("a:3");

        for (String tag : new String[] {"1", "2", "3"}) {
            assertThat(all.digestOfNew(A, tag)).isPresent();
        }
        all.repository(A).manifest(first.value());
        all.repository(A).manifest(second.value());

        assertThat(mirror.source.requests(Method.MANIFEST))
                .containsExactly("ns/a 1", "ns/a 2", "ns/a " + second.value());
        assertThat(mirror.source.requests(Method.RESOLVE)).containsExactly("ns/a 3");
    }

    private Digest padded(String tag, int bytes) {
        Manifest index = TestImages.manifest(
                MediaType.OCI_INDEX,
                "{\"schemaVersion\":2,\"manifests\":[]," + " ".repeat(bytes) + "\"annotations\":{\"tag\":\"" + tag
                        + "\"}}");
        mirror.source.repository(A).putManifest(tag, index);
        return index.descriptor().digest();
    }

    @Test
    void stopsReadingAheadOnceTheSourceLimitsTheRate() {
        mirror.atSource("a:1");
        mirror.atSource("b:1");
        fail(Method.MANIFEST, () -> new ContentException.RateLimited("HTTP 429", Optional.empty()));

        assertThat(all.digestOfNew(A, "1")).isPresent();
        assertThat(all.digestOfNew(new RepositoryName("ns/b"), "1")).isPresent();

        assertThat(mirror.source.requests(Method.MANIFEST)).containsExactly("ns/a 1");
        assertThat(mirror.source.requests(Method.RESOLVE)).containsExactly("ns/a 1", "ns/b 1");
    }

    @Test
    void leavesDamagedManifestToCopy() {
        Digest digest = mirror.atSource("a:1");
        fail(Method.MANIFEST, () -> new ContentException.Corrupt("not a manifest"));

        assertThat(all.digestOfNew(A, "1")).contains(digest);
    }

    @Test
    void returnsNoDigestForTagWithoutManifest() {
        assertThat(all.digestOfNew(A, "1")).isEmpty();
        assertThat(mirror.source.requests(Method.RESOLVE)).isEmpty();
    }
}
