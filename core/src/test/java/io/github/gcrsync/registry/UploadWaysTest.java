package io.github.gcrsync.registry;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class UploadWaysTest {
    private static final long GIB = 1L << 30;

    @Test
    void streamsBlobOfOneGibibyte() {
        UploadWays ways = new UploadWays(Quirks.NONE);
        assertThat(ways.wayFor(GIB - 1, 0)).isEqualTo(new UploadWays.Way.Whole());
        assertThat(ways.wayFor(GIB, 0)).isEqualTo(new UploadWays.Way.Streamed());
    }

    @Test
    void splitsStreamIntoChunksOfSessionMinimum() {
        UploadWays ways = new UploadWays(Quirks.NONE);
        assertThat(ways.ruleOut(new UploadWays.Way.Streamed(), "PATCH", 413, GIB, GIB, 0))
                .isTrue();
        assertThat(ways.wayFor(GIB, 0)).isEqualTo(new UploadWays.Way.Chunked(64 << 20));
        assertThat(ways.wayFor(GIB, 100 << 20)).isEqualTo(new UploadWays.Way.Chunked(100 << 20));
    }

    @Test
    void triesOtherWayOnlyIfItMayHelp() {
        UploadWays.Way whole = new UploadWays.Way.Whole();
        UploadWays.Way streamed = new UploadWays.Way.Streamed();

        UploadWays ways = new UploadWays(Quirks.NONE);
        assertThat(ways.alternativeTo(whole, 10)).contains(streamed);
        assertThat(ways.alternativeTo(streamed, GIB)).contains(whole);
        ways.recordResult(whole, true);
        assertThat(ways.wayFor(2 * GIB, 0))
                .as("the accepted way applies to all blobs")
                .isEqualTo(whole);
        assertThat(ways.alternativeTo(whole, 10)).isEmpty();

        ways = new UploadWays(Quirks.NONE);
        ways.recordResult(streamed, true);
        assertThat(ways.wayFor(10, 0)).isEqualTo(streamed);
        assertThat(ways.alternativeTo(streamed, 10)).isEmpty();

        ways = new UploadWays(Quirks.NONE);
        ways.recordResult(streamed, false);
        assertThat(ways.wayFor(10, 0)).isEqualTo(whole);
        assertThat(ways.alternativeTo(whole, 10)).isEmpty();
    }
}
