package gcrsync.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gcrsync.config.CheckpointRhythm;
import gcrsync.config.Destination;
import gcrsync.config.NameTemplate;
import gcrsync.content.Repository;
import gcrsync.copy.StopSignal;
import gcrsync.http.ApacheTransport;
import gcrsync.http.HttpSettings;
import gcrsync.http.TlsSettings;
import gcrsync.ledger.MetadataRepository;
import gcrsync.ledger.MetadataSettings;
import gcrsync.oci.Digest;
import gcrsync.oci.RepositoryName;
import gcrsync.state.SuspectFile;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MirrorRunTest {
    private static final Digest DIGEST = Digest.sha256(new byte[0]);

    @TempDir
    private Path folder;

    /** A mistake of gcrsync's own ends the run, and takes nothing from the ledger. */
    @Test
    void whatHasArrivedIsRecordedWhateverHappensNext() {
        DestinationNames names = new DestinationNames(
                Destination.parse("registry.example.com"), NameTemplate.DEFAULT, "gcr.io", new RepositoryName("ns"));
        Function<RepositoryName, Repository> mistaken = _ -> {
            throw new IllegalStateException("a mistake");
        };
        Plan plan = new Plan(1, 2, List.of(task("b")), List.of(task("a")), 0, new TreeMap<>(), List.of(), 0, List.of());
        try (ApacheTransport http = new ApacheTransport(
                        new HttpSettings(Duration.ofSeconds(10), Optional.empty(), TlsSettings.SYSTEM, 4, "test"));
                MetadataRepository metadata = MetadataRepository.open(settings(http), Clock.systemUTC())) {
            MirrorRun run = new MirrorRun(
                    new MirrorRun.Parts(
                            mistaken,
                            mistaken,
                            new DestinationCheck(mistaken, 1),
                            names,
                            metadata.namespace("ns", "gcr.io", "registry.example.com"),
                            PullQuota.NONE,
                            new Quarantine(new SuspectFile(folder, "ns"), InstantSource.system(), false)),
                    CheckpointRhythm.DEFAULT,
                    1,
                    new StopSignal(),
                    RunListener.SILENT);

            assertThatThrownBy(() -> run.run(plan, List.of())).hasMessage("a mistake");
        }
        try (ApacheTransport http = new ApacheTransport(
                        new HttpSettings(Duration.ofSeconds(10), Optional.empty(), TlsSettings.SYSTEM, 4, "test"));
                MetadataRepository metadata = MetadataRepository.open(settings(http), Clock.systemUTC())) {
            assertThat(metadata.namespace("ns", "gcr.io", "registry.example.com")
                            .mirrored(new RepositoryName("a"), "1"))
                    .contains(DIGEST);
        }
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
                "Somebody",
                "somebody@example.com",
                ZoneOffset.UTC,
                folder,
                Duration.ofSeconds(10),
                http);
    }
}
