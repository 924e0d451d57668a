package io.github.gcrsync.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gcrsync.content.BlobArrival;
import io.github.gcrsync.content.Repository;
import io.github.gcrsync.copy.CopyListener;
import io.github.gcrsync.copy.CopyOptions;
import io.github.gcrsync.copy.StopSignal;
import io.github.gcrsync.copy.StoppedException;
import io.github.gcrsync.layout.OciLayouts;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Reference;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.registry.Registries;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.TestRegistry;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EngineCopyTest {
    private final TestRegistry source = TestRegistry.start();
    private final TestRegistry destination = TestRegistry.start();
    private final Engine engine = Registries.engine().build();
    private final SampleImage image = SampleImages.multiPlatform(1);
    private Reference from;
    private Reference to;

    @BeforeEach
    void putImage() {
        source.put("team/app", "1", image);
        from = Reference.parse(source.host() + "/team/app:1");
        to = Reference.parse(destination.host() + "/mirror/app:1");
    }

    @AfterEach
    void close() {
        engine.close();
        source.close();
        destination.close();
    }

    @Test
    void reportsBlobsToListener() {
        Map<String, BlobArrival> arrivals = new ConcurrentHashMap<>();

        engine.copy(from, to, CopyOptions.defaults().withListener(new CopyListener() {
            @Override
            public void blobArrived(Descriptor blob, BlobArrival arrival) {
                arrivals.put(blob.digest().value(), arrival);
            }
        }));

        assertThat(arrivals).containsOnlyKeys(image.blobs().keySet()).containsValue(BlobArrival.UPLOADED);
        assertThat(destination.manifestDigest("mirror/app", "1")).isEqualTo(image.digest());
    }

    @Test
    void transfersOneBlobAtATime() {
        source.put("team/single", "1", SampleImages.oci(7));
        Reference single = Reference.parse(source.host() + "/team/single:1");

        engine.copy(single, to, CopyOptions.defaults().withBlobsInFlight(1));

        assertThat(source.log().maxInFlight()).isEqualTo(1);
    }

    @Test
    void stopsBeforeNextBlob() {
        StopSignal stop = new StopSignal();
        CopyListener stopping = new CopyListener() {
            @Override
            public void blobStarted(Descriptor blob, Digest of) {
                stop.give();
            }
        };
        CopyOptions options = CopyOptions.defaults().withStop(stop).withListener(stopping);

        assertThatThrownBy(() -> engine.copy(from, to, options)).isInstanceOf(StoppedException.class);

        assertThat(source.log().count("GET", "/blobs/")).isZero();
        assertThat(destination.tags("mirror/app")).isEmpty();
    }

    @Test
    void copiesThroughFolderOfLayouts(@TempDir Path folder) {
        Repository layout = OciLayouts.at(folder).repository(new RepositoryName("app"));

        engine.copy(engine.repository(from), "1", layout, "one", CopyOptions.defaults());
        engine.copy(layout, "one", engine.repository(to), "2", CopyOptions.defaults());

        assertThat(layout.tags()).containsExactly("one");
        assertThat(destination.manifestDigest("mirror/app", "2")).isEqualTo(image.digest());
    }

    @Test
    void optionsNeedBlobInFlight() {
        assertThatThrownBy(() -> CopyOptions.defaults().withBlobsInFlight(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("at least one blob must be in flight, not 0");
    }
}
