package io.github.gcrsync.cli.flags;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.run.MirrorRun;
import java.util.OptionalInt;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ConcurrencyTest {
    @ParameterizedTest
    @CsvSource({"1, 1024", "16, 1048576", "4, 256", "16, 1024"})
    void hasConnectionForEachDestinationOfEachBlob(int destinations, int openFiles) {
        Concurrency fitting = Concurrency.fitting(50, 4, destinations, OptionalInt.of(openFiles));

        assertThat(fitting.connections())
                .isGreaterThanOrEqualTo(
                        MirrorRun.blobsInFlight(fitting.images()) * (destinations + 1) + fitting.images());
        assertThat(fitting.connections()).isLessThan(openFiles);
    }
}
