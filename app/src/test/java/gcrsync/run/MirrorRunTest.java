package gcrsync.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gcrsync.content.BlobContent;
import gcrsync.content.ContentException;
import gcrsync.content.ImageSource;
import gcrsync.content.Location;
import gcrsync.content.Store;
import gcrsync.copy.Side;
import gcrsync.copy.StopSignal;
import gcrsync.git.MetadataRepository;
import gcrsync.git.MetadataSettings;
import gcrsync.http.ApacheTransport;
import gcrsync.http.HttpSettings;
import gcrsync.http.TlsSettings;
import gcrsync.layout.OciLayouts;
import gcrsync.oci.Descriptor;
import gcrsync.oci.Digest;
import gcrsync.oci.Manifest;
import gcrsync.oci.RepositoryName;
import gcrsync.plan.CopyTask;
import gcrsync.plan.Drift;
import gcrsync.plan.Plan;
import gcrsync.plan.Reason;
import gcrsync.plan.Sides;
import gcrsync.rule.DestinationNames;
import gcrsync.rule.Excluded;
import gcrsync.rule.NameTemplate;
import gcrsync.state.SuspectFile;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MirrorRunTest {
    private static final Digest DIGEST = Digest.sha256(new byte[0]);

    @TempDir
    private Path folder;

    /** A mistake of gcrsync's own, outside of any image, ends the run and takes nothing from the ledger. */
    @Test
    void whatHasArrivedIsRecordedWhateverHappensNext() {
        Function<RepositoryName, ImageSource> mistaken = _ -> {
            throw new IllegalStateException("a mistake");
        };
        assertThatThrownBy(() -> run(mistaken)).hasMessage("a mistake");
        assertThatTheOtherOneIsRecorded();
    }

    @Test
    void aMistakeThatAnImageBringsToLightIsTheFailureOfThatImage() {
        assertThat(run(_ -> new Mistaken()).failures()).singleElement().satisfies(failure -> {
            assertThat(failure.what()).isEqualTo("b:1");
            assertThat(failure.side()).isEqualTo(Side.SOURCE);
            assertThat(failure.reason())
                    .isInstanceOf(ContentException.Unexpected.class)
                    .hasMessageMatching("a mistake in gcrsync: IllegalStateException at MirrorRunTest\\.java:\\d+");
        });
        assertThatTheOtherOneIsRecorded();
    }

    /** A source that has lost the image, and where nobody thought of the tag. */
    private static final class Mistaken implements ImageSource {
        @Override
        public Optional<Descriptor> resolve(String tagOrDigest) {
            throw new IllegalStateException("hunter2");
        }

        @Override
        public Manifest manifest(String tagOrDigest) {
            throw new ContentException.NotFound("not there");
        }

        @Override
        public BlobContent blob(Descriptor blob) {
            throw new ContentException.NotFound("not there");
        }

        @Override
        public Stream<String> tags() {
            return Stream.empty();
        }

        @Override
        public List<Descriptor> referrers(Digest subject) {
            return List.of();
        }
    }

    /** One image that is there already, and one to copy, to a destination that is not asked for anything. */
    private RunReport run(Function<RepositoryName, ? extends ImageSource> source) {
        Store destination = OciLayouts.at(folder.resolve("mirror"));
        DestinationNames names = new DestinationNames(
                Location.parse("registry.example.com"), NameTemplate.DEFAULT, "gcr.io", new RepositoryName("ns"));
        Plan plan = new Plan(
                1,
                2,
                List.of(task("b")),
                List.of(task("a")),
                0,
                new Excluded(),
                List.of(),
                0,
                List.of(),
                Set.of(),
                List.of(),
                List.of(),
                Drift.UNKNOWN);
        try (ApacheTransport http = http();
                MetadataRepository metadata = MetadataRepository.open(settings(http), Clock.systemUTC())) {
            return new MirrorRun(
                            plan,
                            source,
                            destination,
                            new Sides(_ -> true),
                            names,
                            metadata.namespace("ns", "gcr.io", "registry.example.com"),
                            new Quarantine(new SuspectFile(folder, "ns"), InstantSource.system(), false),
                            new MirrorRun.Settings(
                                    1, CheckpointRhythm.DEFAULT, PullQuota.NONE, new StopSignal(), RunListener.SILENT))
                    .run();
        }
    }

    private void assertThatTheOtherOneIsRecorded() {
        try (ApacheTransport http = http();
                MetadataRepository metadata = MetadataRepository.open(settings(http), Clock.systemUTC())) {
            assertThat(metadata.namespace("ns", "gcr.io", "registry.example.com")
                            .mirrored(new RepositoryName("a"), "1"))
                    .contains(DIGEST);
        }
    }

    private static ApacheTransport http() {
        return new ApacheTransport(
                new HttpSettings(Duration.ofSeconds(10), Optional.empty(), TlsSettings.SYSTEM, 4, "test"));
    }

    private static CopyTask task(String name) {
        RepositoryName repository = new RepositoryName(name);
        return new CopyTask(repository, repository, "1", DIGEST, repository, "1", Reason.NEW);
    }

    private MetadataSettings settings(ApacheTransport http) {
        return new MetadataSettings(
                folder.resolve("metadata").toString(),
                Optional.empty(),
                Optional.empty(),
                Optional.of("Somebody"),
                Optional.of("somebody@example.com"),
                ZoneOffset.UTC,
                folder,
                Duration.ofSeconds(10),
                http);
    }
}
