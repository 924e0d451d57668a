package gcrsync.registry;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class UploadWaysTest {
    private static final long GIB = 1L << 30;

    @Test
    void aBlobOfAGibibyteIsStreamedAndASmallerOneIsPut() {
        UploadWays ways = new UploadWays(Quirks.NONE);
        assertThat(ways.wayFor(GIB - 1, 0)).isEqualTo(new UploadWays.Way.Whole());
        assertThat(ways.wayFor(GIB, 0)).isEqualTo(new UploadWays.Way.Streamed());
    }

    @Test
    void aStreamThatIsTooLongBecomesChunksOfNoLessThanTheSessionAsksFor() {
        UploadWays ways = new UploadWays(Quirks.NONE);
        assertThat(ways.lowered(new UploadWays.Way.Streamed(), "PATCH", 413, GIB, GIB, 0))
                .isTrue();
        assertThat(ways.wayFor(GIB, 0)).isEqualTo(new UploadWays.Way.Chunked(64 << 20));
        assertThat(ways.wayFor(GIB, 100 << 20)).isEqualTo(new UploadWays.Way.Chunked(100 << 20));
    }
}
