package io.github.gcrsync.copy;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.TestRegistry;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Injects one fault at each request for referrers in turn, at either side: the image stays stored; what is reported as
 * complete is complete; and the next copy completes the rest.
 */
@Timeout(120)
final class ReferrerFaultsTest {
    @ParameterizedTest
    @ValueSource(ints = {400, 403, 404, 429, 500})
    void reportsWhatIsMissingAtDestination(int status) {
        afterFaultAtEachRequest(10, images -> images.destination, status, 1);
        afterFaultAtEachRequest(10, images -> images.destination, status, 1000);
    }

    /** A 404 means that there are no referrers, or none any more. */
    @ParameterizedTest
    @ValueSource(ints = {403, 429, 500})
    void reportsWhatSourceRefuses(int status) {
        afterFaultAtEachRequest(9, images -> images.source, status, 1);
        afterFaultAtEachRequest(9, images -> images.source, status, 1000);
    }

    private static void afterFaultAtEachRequest(
            int requests, Function<Signed, TestRegistry> side, int status, int times) {
        IntStream.range(0, requests).forEach(request -> {
            try (Signed images = Signed.between(true, false)) {
                CopyOptions wanted = images.options;
                images.options = CopyOptions.defaults();
                images.copy();
                images.options = wanted;
                SampleImage signature = images.sign(1, images.amd);
                SampleImage second = images.sign(2, signature);
                side.apply(images)
                        .fault(Fault.on("*", "/(referrers|manifests|blobs)/")
                                .skip(request)
                                .times(times)
                                .status(status));

                CopyResult result =
                        images.copy(new Copier(images.options), images.from()).getFirst();

                boolean isStored = result instanceof CopyResult.Stored;
                if (isStored && Signed.copied(result).areComplete()) {
                    assertComplete(images, signature, second);
                }
                images.source.clearFaults();
                images.destination.clearFaults();
                assertThat(images.arrived(images.index)).isTrue();
                assertThat(images.copy().failures()).isEmpty();
                assertComplete(images, signature, second);
            }
        });
    }

    private static void assertComplete(Signed images, SampleImage signature, SampleImage second) {
        images.destination.clearFaults();
        assertThat(images.arrived(signature)).isTrue();
        assertThat(images.arrived(second)).isTrue();
        assertThat(images.listed(images.amd)).containsExactly(signature.digest());
        assertThat(images.listed(signature)).containsExactly(second.digest());
    }
}
