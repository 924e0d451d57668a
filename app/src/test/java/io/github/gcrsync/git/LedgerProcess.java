package io.github.gcrsync.git;

import io.github.gcrsync.ledger.Ledger;
import io.github.gcrsync.ledger.LedgerException;
import io.github.gcrsync.ledger.Published;
import io.github.gcrsync.ledger.Sample;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;

/** A run in its own process: records one image, holds one back, and commits a checkpoint for each line of standard input. */
final class LedgerProcess {
    private LedgerProcess() {}

    /** Arguments: location, state folder, name of the images. Each line of input is a tag. */
    public static void main(String[] arguments) throws Exception {
        try (MetadataRepository repository =
                MetadataRepository.open(Workbench.settings(arguments[0], Path.of(arguments[1])), Clock.systemUTC())) {
            Ledger ledger = Workbench.ledger(repository);
            System.out.println("ready");
            for (int tag = System.in.read(); tag >= 0; tag = System.in.read()) {
                String image = arguments[2] + ":" + (char) tag;
                ledger.record(List.of(Sample.entry(image), Sample.entry("shared:" + (char) tag)));
                ledger.hold(Sample.heldBack(image + "-rc", "shared:" + (char) tag + "-rc"));
                Published published = ledger.checkpoint();
                System.out.println("recorded " + image + " pushed " + published.pushed());
            }
        } catch (LedgerException e) {
            System.out.println("failed " + e.kind() + " " + e.getMessage());
            throw e;
        }
    }
}
