package io.github.gcrsync.output;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.text.Sizes;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Progress lines fit, lose nothing, and do not jump while numbers grow. */
final class BarsTest {
    private static final long[] AMOUNTS = {0, 999, 1000, 54_321, 999_999, 12_345_678, 999_900_000, 98_765_432_109L};
    private static final long[] SECONDS = {-1, 0, 9, 61, 3599, 3600, 35_999};

    private final Bars bars = new Bars(true);

    @ParameterizedTest
    @ValueSource(ints = {39, 40, 59, 79, 80, 100, 131, 200})
    void showsWholeTotalInPlaceAtEveryWidth(int width) {
        for (int failed : new int[] {0, 3}) {
            int held = 2 * failed;
            Set<String> shapes = new HashSet<>();
            for (int done : new int[] {failed, 27, 100, 124}) {
                for (long amount : AMOUNTS) {
                    for (long seconds : SECONDS) {
                        boolean allKnown = done > 27;
                        List<String> lines = bars.total(
                                new Bars.Total(
                                        done, 124, failed, held, amount, 2 * amount, allKnown, amount / 3, seconds),
                                width);

                        assertThat(lines).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(width));
                        assertThat(String.join("\n", lines))
                                .contains(done + "/124 images ", Sizes.bytes(amount), Sizes.bytes(amount / 3) + "/s")
                                .contains(" of " + Sizes.bytes(2 * amount) + (allKnown ? "" : "+"))
                                .contains(seconds < 0 ? "%" : ":%02d left".formatted(seconds % 60))
                                .contains(failed == 0 ? "%" : "3 failed  6 held");
                        shapes.add(lines.size() + " " + lines.getFirst().indexOf('%') + " "
                                + lines.getLast().indexOf("/s"));
                    }
                }
            }
            assertThat(shapes).hasSize(1);
        }
    }

    @Test
    void fitsBlobIntoLine() {
        Descriptor blob =
                new Descriptor("application/octet-stream", new Digest("sha256:0123456789ab" + "0".repeat(52)), 4000);

        for (int width = 39; width < 140; width++) {
            assertThat(bars.blob("app:v1.2", blob, 1000, width))
                    .hasSizeLessThanOrEqualTo(width)
                    .startsWith("  app:v1.2 ")
                    .contains("█", " 25%", "4.0 kB")
                    .matches(width < 58 ? ".*" : ".* 0123456789ab █.*");
        }
    }

    @Test
    void cutsStartOfLongImageName() {
        Descriptor blob =
                new Descriptor("application/octet-stream", new Digest("sha256:0123456789ab" + "0".repeat(52)), 4000);

        assertThat(bars.blob("team/kube-controller-manager-amd64:v1.29.0", blob, 0, 60))
                .startsWith("  …amd64:v1.29.0 0123456789ab ░");
        assertThat(new Bars(false).blob("team/kube-controller-manager-amd64:v1.29.0", blob, 0, 60))
                .startsWith("  ..md64:v1.29.0 0123456789ab .");
    }

    @Test
    void cutsLinesOnNarrowTerminal() {
        assertThat(bars.total(new Bars.Total(1, 2, 1, 0, 1000, 2000, true, 1000, 10), 20))
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(20));
    }

    @Test
    void drawsAsciiBarsWithoutUnicode() {
        assertThat(new Bars(false)
                        .total(new Bars.Total(1, 2, 0, 0, 0, 999, false, 0, -1), 79)
                        .getFirst())
                .isEqualTo("1/2 images #####......  50%    0 bytes of 999 bytes+    0 bytes/s");
    }
}
