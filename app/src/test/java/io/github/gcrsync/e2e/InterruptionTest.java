package io.github.gcrsync.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess;
import io.github.gcrsync.commands.ChildCommand;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.SampleLayer;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Ctrl-C, SIGTERM and a killed process during a copy. */
final class InterruptionTest extends BetweenRegistries {
    private final SampleLayer layer = SampleImages.layer(50, 3);
    private final SampleImage first = SampleImages.oci(1);
    private final SampleImage second = SampleImages.oci("linux/amd64", layer);
    private final SampleImage third = SampleImages.oci(3);
    private final CountDownLatch open = new CountDownLatch(1);

    @BeforeEach
    void fill() {
        source.put("ns/a", "1", first);
        source.put("ns/b", "1", second);
        source.put("ns/c", "1", third);
    }

    @AfterEach
    void stop() {
        open.countDown();
    }

    @ParameterizedTest
    @CsvSource({"INT, 130", "TERM, 143"})
    void finishesBlobsInFlightAndRecordsImages(String signal, int exitCode) throws Exception {
        source.fault(Fault.on("GET", "/blobs/" + layer.digest()).delayUntil(open));
        ChildCommand running = startInTheMiddleOfTheSecondImage();

        running.signal(signal);
        running.until("an answer to the signal", () -> running.err().contains("stopping after the blobs in flight"));
        open.countDown();
        InProcess.Result stopped = running.await();

        assertThat(stopped.exitCode()).as("%s", stopped).isEqualTo(exitCode);
        assertThat(stopped.out()).containsPattern("copied +1 ").containsPattern("not finished +2 ");
        assertThat(workplace.metadata().images()).containsExactly("a:1");
        assertThat(destination.hasBlob("mirror/b", layer.digest()))
                .as("was in flight")
                .isTrue();
        assertThat(destination.manifestDigest("mirror/b", "1")).isEmpty();

        source.log().clear();
        InProcess.Result next = workplace.sync(source.host(), destination.host() + "/mirror");
        assertThat(next.exitCode()).as("%s", next).isZero();
        assertThat(source.log().count("GET", "/blobs/" + layer.digest())).isZero();
        assertThat(source.log().count("GET", "/v2/ns/a/(manifests|blobs)/")).isZero();
        assertThat(workplace.metadata().images()).containsExactly("a:1", "b:1", "c:1");
        assertThat(destination.manifestDigest("mirror/c", "1")).isEqualTo(third.digest());
    }

    @Test
    void completesKilledRunInNextRun() throws Exception {
        source.fault(Fault.on("GET", "/blobs/" + layer.digest()).delayUntil(open));
        ChildCommand running = startInTheMiddleOfTheSecondImage();

        running.signal("KILL");
        assertThat(running.await().exitCode()).isEqualTo(137);
        open.countDown();
        source.log().clear();
        InProcess.Result next = workplace.sync(source.host(), destination.host() + "/mirror");

        assertThat(next.exitCode()).as("%s", next).isZero();
        assertThat(next.out()).containsPattern("copied +2 ").containsPattern("already there +1 ");
        assertThat(source.log().count("GET", "/v2/ns/a/blobs/")).isZero();
        assertThat(source.log().count("GET", "/v2/ns/a/manifests/"))
                .as("to find its referrers")
                .isEqualTo(1);
        assertThat(workplace.metadata().images()).containsExactly("a:1", "b:1", "c:1");
    }

    @Test
    void stopsAtOnceWhileListing() throws Exception {
        source.fault(Fault.on("GET", "^/v2/ns/b/tags/list$").delayUntil(open));
        ChildCommand running = start();
        running.until("the listing", () -> source.log().count("GET", "^/v2/ns/b/tags/list$") > 0);

        running.signal("INT");
        running.until("an answer to the signal", () -> running.err().contains("stopping"));
        open.countDown();
        InProcess.Result stopped = running.await();

        assertThat(stopped.exitCode()).as("%s", stopped).isEqualTo(130);
        assertThat(destination.log().count("PUT", ".*")).isZero();
    }

    private ChildCommand startInTheMiddleOfTheSecondImage() throws InterruptedException {
        ChildCommand running = start();
        running.until("the second image", () -> source.log().count("GET", "/blobs/" + layer.digest()) > 0);
        assertThat(destination.manifestDigest("mirror/a", "1")).isEqualTo(first.digest());
        return running;
    }

    private ChildCommand start() {
        return workplace.start(workplace.arguments(source.host(), destination.host() + "/mirror", "--processlimit=1"));
    }
}
