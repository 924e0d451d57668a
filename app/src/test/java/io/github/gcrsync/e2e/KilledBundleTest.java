package io.github.gcrsync.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.commands.ChildCommand;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.SampleImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An export or import that is killed. */
final class KilledBundleTest extends AirGap {
    private final CountDownLatch open = new CountDownLatch(1);

    @BeforeEach
    void offerThreeImages() {
        for (int i = 1; i <= 3; i++) {
            offer("app:v" + i, SampleImages.oci(i));
        }
    }

    @AfterEach
    void release() {
        open.countDown();
    }

    @Test
    void killedExportReplacesNoFile() throws Exception {
        String mirror = "--destination=" + destination.host() + "/mirror";
        String metadata = "--metadata=" + folder.resolve("there");
        assertThat(workplace
                        .sync(source.host(), destination.host() + "/mirror", metadata)
                        .exitCode())
                .isZero();
        Path file = Files.writeString(bundle("all.tar"), "earlier");
        String[] export = {"export", file.toString(), "--source=" + source.host(), "--namespace=ns", mirror, metadata};
        destination.log().clear();
        destination.fault(Fault.on("GET", "/blobs/").delayUntil(open));
        try (ChildCommand run = workplace.start(export)) {
            run.until("a blob is read", () -> destination.log().count("GET", "/blobs/") > 0);
            run.kill();
        }
        assertThat(file).hasContent("earlier");
        destination.clearFaults();

        Result next = workplace.run(export);

        assertThat(next.exitCode()).as("%s", next).isZero();
        assertThat(leftovers()).isEmpty();
        assertThat(load(file).exitCode()).isZero();
        assertLoaded();
    }

    @Test
    void killedImportContinues() throws Exception {
        fill();
        Path file = exported("all.tar");
        destination.fault(Fault.on("PUT", "/loaded/app/manifests/v3").delayUntil(open));
        Path recorded = folder.resolve("other-side/ns/ImageDigests");
        try (ChildCommand run = workplace.start(loading(List.of(file), "--checkpoint=1", "--processlimit=1"))) {
            run.until(
                    "an image is recorded, another one is pushed",
                    () -> Files.exists(recorded) && destination.log().count("PUT", "/loaded/app/manifests/v3") > 0);
            run.kill();
        }
        destination.clearFaults();

        Result next = load(file);

        assertThat(next.exitCode()).as("%s", next).isZero();
        assertThat(next.out()).containsPattern("copied +[12] ");
        assertLoaded();
    }

    private void assertLoaded() {
        images.forEach((name, image) -> assertArrived("loaded/app", name.split(":")[1], image));
        assertThat(ledgerThere().images()).hasSameElementsAs(images.keySet());
        ledgerThere().assertSound();
    }

    private List<Path> leftovers() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().startsWith(".gcrsync-tmp-"))
                    .toList();
        }
    }
}
