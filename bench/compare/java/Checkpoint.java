import io.github.gcrsync.git.MetadataRepository;
import io.github.gcrsync.ledger.Entry;
import io.github.gcrsync.ledger.Ledger;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/**
 * A checkpoint of a few new images, as a run makes it that has planned before. Arguments: the source, and those of {@link
 * Growth} for a ledger; then the new tag and how many images get it. Prints the seconds that the checkpoint took.
 */
final class Checkpoint {
    public static void main(String[] arguments) {
        int repositories = Integer.parseInt(arguments[1]);
        int tags = Integer.parseInt(arguments[2]);
        String destination = arguments[4];
        String tag = arguments[5];
        int images = Integer.parseInt(arguments[6]);
        try (MetadataRepository metadata =
                MetadataRepository.open(Growth.settings(Path.of(arguments[3])), Clock.systemUTC())) {
            Ledger ledger = Growth.ledger(metadata, arguments[0], destination);
            long known = 0;
            for (int i = 0; i < repositories; i++) {
                RepositoryName name = new RepositoryName("r" + i);
                for (int j = 0; j < tags; j++) {
                    known += ledger.row(name, "v" + j).isPresent() ? 1 : 0;
                }
            }
            if (known != (long) repositories * tags) {
                throw new IllegalStateException("the ledger has " + known + " images");
            }
            List<Entry> entries = new ArrayList<>();
            for (int i = 0; i < images; i++) {
                int repository = (int) ((long) i * repositories / images);
                Digest digest = new Digest(Growth.digest(repository, tag.hashCode()));
                entries.add(new Entry(new RepositoryName("r" + repository), tag, digest, destination + "/r" + repository));
            }
            long began = System.nanoTime();
            ledger.record(entries);
            ledger.checkpoint().commit().orElseThrow();
            System.out.println((System.nanoTime() - began) / 1e9);
        }
    }
}
