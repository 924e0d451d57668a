package io.github.gcrsync.copy;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.content.BlobContent;
import io.github.gcrsync.content.Passage;
import io.github.gcrsync.oci.Descriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class SharedBlobTest {
    private static final byte[] BYTES = "layer".getBytes(StandardCharsets.UTF_8);
    private static final Descriptor BLOB = Descriptor.of("application/vnd.oci.image.layer.v1.tar", BYTES);

    private final List<String> leftBehind = new CopyOnWriteArrayList<>();
    private final List<String> reads = new CopyOnWriteArrayList<>();
    private final SharedBlob shared = new SharedBlob(BLOB, () -> content("shared"), 2, Duration.ofMillis(50));
    private final CountDownLatch isFree = new CountDownLatch(1);
    private final CountDownLatch askedTogether = new CountDownLatch(2);

    /** Has no room at the host {@code busy} until it is free. */
    private BlobContent content(String reader) {
        return new BlobContent() {
            @Override
            public InputStream openAt(long offset) {
                reads.add(reader);
                return new ByteArrayInputStream(BYTES, (int) offset, BYTES.length);
            }

            @Override
            public Optional<Passage> passageTo(List<String> authorities, Duration patience) {
                if (!authorities.contains("busy")) {
                    return Optional.of(() -> {});
                }
                if (authorities.size() == 2) {
                    askedTogether.countDown();
                }
                try {
                    return isFree.await(patience.toNanos(), TimeUnit.NANOSECONDS)
                            ? Optional.of(() -> {})
                            : Optional.empty();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
        };
    }

    private byte[] read(String host) {
        try (SharedBlob.Reader reader = shared.reader(() -> content(host), bytes -> {}, () -> leftBehind.add(host));
                Passage passage = reader.passageTo(List.of(host));
                InputStream in = reader.uncheckedAt(0)) {
            assertThat(passage).isNotNull();
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void readsWithoutTargetThatHasNoSlot() throws Exception {
        Thread busy = Thread.ofVirtual().start(() -> read("busy"));

        assertThat(read("free")).isEqualTo(BYTES);

        assertThat(leftBehind).containsExactly("busy");
        assertThat(reads).containsExactly("shared");
        isFree.countDown();
        busy.join();
        assertThat(reads).containsExactly("shared", "busy");
    }

    @Test
    void waitsForSlotsIfEveryTargetLacksOne() throws Exception {
        Thread one = Thread.ofVirtual().start(() -> read("busy"));
        Thread other = Thread.ofVirtual().start(() -> read("busy"));
        askedTogether.await();
        isFree.countDown();
        one.join();
        other.join();

        assertThat(leftBehind).isEmpty();
        assertThat(reads).containsExactly("shared");
    }
}
