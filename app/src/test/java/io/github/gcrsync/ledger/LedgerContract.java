package io.github.gcrsync.ledger;

import static io.github.gcrsync.ledger.Sample.digest;
import static io.github.gcrsync.ledger.Sample.entries;
import static io.github.gcrsync.ledger.Sample.entry;
import static io.github.gcrsync.ledger.Sample.name;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What every {@link Ledger} must do, wherever it is stored. */
public abstract class LedgerContract {
    private final MovableClock clock = new MovableClock();

    /** Returns a new, empty ledger for {@link Sample#DESTINATION}. */
    protected abstract Ledger empty(Clock now);

    private Ledger empty() {
        return empty(clock);
    }

    @Test
    void startsEmpty() {
        Ledger ledger = empty();

        assertThat(ledger.mirrored(name("a"), "1")).isEmpty();
        assertThat(ledger.listed(name("a"), "1")).isFalse();
        assertThat(ledger.recorded()).isEmpty();
        assertThat(ledger.others()).isEmpty();
    }

    @Test
    void returnsRecordedImageBeforeAndAfterCheckpoint() {
        Ledger ledger = empty();
        ledger.record(entries("a:1"));

        assertThatHolds(ledger, "a:1");
        ledger.checkpoint();
        assertThatHolds(ledger, "a:1");
    }

    @Test
    void returnsAdoptedImageBeforeAndAfterCheckpoint() {
        Ledger ledger = empty();
        ledger.adopt(entries("a:1"));

        assertThatHolds(ledger, "a:1");
        ledger.checkpoint();
        assertThatHolds(ledger, "a:1");
    }

    private static void assertThatHolds(Ledger ledger, String content) {
        assertThat(ledger.mirrored(name("a"), "1")).contains(digest(content));
        assertThat(ledger.listed(name("a"), "1")).isTrue();
        assertThat(ledger.mirrored(name("a"), "2")).isEmpty();
        assertThat(ledger.listed(name("a"), "2")).isFalse();
    }

    @Test
    void sortsRecordedImagesByBytes() {
        Ledger ledger = empty();
        ledger.record(entries("b:1", "a:2", "a-b:1", "a/b:1"));
        ledger.checkpoint();
        ledger.adopt(entries("a:10", "a:B"));

        assertThat(ledger.recorded().map(Recorded::image))
                .containsExactly("a-b:1", "a/b:1", "a:10", "a:2", "a:B", "b:1");
    }

    @Test
    void keepsTimeOfFirstCopyOfMovedTag() {
        Ledger ledger = empty();
        ledger.record(entries("a:1"));
        ledger.checkpoint();
        clock.pass(Duration.ofHours(1));
        ledger.record(List.of(entry("a:1", "moved")));

        Recorded moved =
                new Recorded(name("a"), "1", digest("moved"), Sample.START, Sample.START.plus(Duration.ofHours(1)));
        assertThat(ledger.recorded()).containsExactly(moved);
        ledger.checkpoint();
        assertThat(ledger.recorded()).containsExactly(moved);
    }

    @Test
    void ignoresSameDigest() {
        Ledger ledger = empty();
        ledger.record(entries("a:1"));
        ledger.checkpoint();
        clock.pass(Duration.ofHours(1));
        ledger.record(entries("a:1"));
        ledger.adopt(entries("a:1"));

        assertThat(ledger.checkpoint().images()).isZero();
        assertThat(ledger.recorded())
                .containsExactly(new Recorded(name("a"), "1", digest("a:1"), Sample.START, Sample.START));
    }

    @Test
    void neverMovesTimesBack() {
        Ledger ledger = empty();
        ledger.record(entries("a:1"));
        ledger.checkpoint();
        clock.pass(Duration.ofHours(-1));
        ledger.record(List.of(entry("a:1", "moved")));

        assertThat(ledger.recorded())
                .containsExactly(new Recorded(name("a"), "1", digest("moved"), Sample.START, Sample.START));
    }

    @Test
    void truncatesTimesToSeconds() {
        Ledger ledger = empty();
        clock.pass(Duration.ofMillis(999));
        ledger.record(entries("a:1"));

        assertThat(ledger.recorded().map(Recorded::firstMirrored)).containsExactly(Sample.START);
    }

    @Test
    void keepsForgottenImageListed() {
        Ledger ledger = empty();
        ledger.record(entries("a:1", "b:1"));
        ledger.checkpoint();
        ledger.forget(name("a"), "1");

        assertThat(ledger.mirrored(name("a"), "1")).isEmpty();
        assertThat(ledger.listed(name("a"), "1")).isTrue();
        assertThat(ledger.recorded().map(Recorded::image)).containsExactly("b:1");
        assertThat(ledger.checkpoint().images()).isEqualTo(1);
        assertThat(ledger.listed(name("a"), "1")).isTrue();
    }

    @Test
    void recordsForgottenImageAgain() {
        Ledger ledger = empty();
        ledger.record(entries("a:1"));
        ledger.checkpoint();
        ledger.forget(name("a"), "1");
        ledger.checkpoint();
        clock.pass(Duration.ofHours(1));
        ledger.record(entries("a:1"));

        assertThat(ledger.recorded().map(Recorded::firstMirrored))
                .containsExactly(Sample.START.plus(Duration.ofHours(1)));
    }

    @Test
    void ignoresForgettingUnknownImage() {
        Ledger ledger = empty();
        ledger.forget(name("a"), "1");

        assertThat(ledger.listed(name("a"), "1")).isFalse();
        assertThat(ledger.checkpoint().images()).isZero();
    }

    @Test
    void countsEachImageOncePerCheckpoint() {
        Ledger ledger = empty();
        ledger.record(entries("a:1", "b:1"));
        ledger.record(List.of(entry("a:1", "moved")));
        ledger.adopt(entries("c:1"));

        assertThat(ledger.checkpoint().images()).isEqualTo(3);
        assertThat(ledger.checkpoint().images()).isZero();
    }

    @Test
    void returnsSnapshotOfRecordedImages() {
        Ledger ledger = empty();
        ledger.record(entries("a:1", "b:1"));

        ledger.recorded().forEach(image -> ledger.forget(image.name(), image.tag()));

        assertThat(ledger.recorded()).isEmpty();
    }

    @Test
    void includesPendingChangesInPreview() {
        Ledger ledger = empty();
        ledger.record(entries("b:1"));
        ledger.checkpoint();
        ledger.record(entries("a:1"));

        Preview preview = ledger.preview();

        assertThat(preview.imageList()).asString().isEqualTo("[\n    \"a:1\",\n    \"b:1\"\n]");
        assertThat(preview.imageDigests())
                .asString()
                .isEqualTo("# gcrsync ImageDigests 1\n# destination docker.io/gcrcontainer\n"
                        + "a:1 " + digest("a:1") + " 2026-01-02T03:04:05Z 2026-01-02T03:04:05Z\n"
                        + "b:1 " + digest("b:1") + " 2026-01-02T03:04:05Z 2026-01-02T03:04:05Z\n");
    }

    private static final class MovableClock extends Clock {
        private Instant now = Sample.START;

        void pass(Duration time) {
            now = now.plus(time);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException();
        }
    }
}
