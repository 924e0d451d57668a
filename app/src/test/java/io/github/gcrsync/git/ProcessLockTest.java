package io.github.gcrsync.git;

import static io.github.gcrsync.ledger.Sample.entries;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gcrsync.ledger.Child;
import io.github.gcrsync.ledger.Ledger;
import io.github.gcrsync.ledger.LedgerException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ProcessLockTest {
    @TempDir
    private Path temp;

    @Test
    void namesHolderAndIgnoresDeadOne() throws Exception {
        Path metadata = temp.resolve("metadata");
        MetadataSettings settings = Workbench.settings(metadata.toString(), temp.resolve("state"));
        MetadataRepository.open(settings, Workbench.clock()).close();
        Path file = metadata.resolve(".git").resolve(ProcessLock.FILE);
        Process holder = Child.start(LockHolder.class, Map.of(), "-Xmx64m", file.toString());
        try {
            assertThat(holder.getInputStream().read()).isEqualTo('h');
            assertThatThrownBy(
                            () -> MetadataRepository.open(settings, Workbench.clock(), Duration.ofMillis(200), false))
                    .isInstanceOfSatisfying(
                            LedgerException.class, e -> assertThat(e.kind()).isEqualTo(LedgerException.Kind.LOCKED))
                    .hasMessageContaining("pid " + holder.pid());
        } finally {
            holder.destroyForcibly().waitFor();
        }
        try (MetadataRepository repository = MetadataRepository.open(settings, Workbench.clock())) {
            Ledger ledger = Workbench.ledger(repository);
            ledger.record(entries("a:1"));
            assertThat(ledger.checkpoint().commit()).isPresent();
        }
        assertThat(file).isEmptyFile();
    }
}
