package io.github.gcrsync.ledger;

import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The records of another namespace in the same metadata repository. There may be a million rows: they are read one by
 * one and not kept. If the ledger is damaged, reading stops with a warning; its own runs must deal with it.
 *
 * @param digests the namespace's ImageDigests
 * @param source the host of the latest images; empty if the changelog does not say
 * @param destination of the rows, as recorded by its runs
 */
public record OtherLedger(NamespaceFiles files, FileContent digests, Optional<String> source, String destination) {
    private static final Logger LOG = LoggerFactory.getLogger(OtherLedger.class);
    /** The first image of a changelog: {@code - [HOST/NAMESPACE/NAME:TAG](LINK)}. */
    private static final Pattern FIRST_IMAGE = Pattern.compile("^- \\[([^/\\]]+)/", Pattern.MULTILINE);

    private static final int START_OF_README = 4096;

    /** Receives one row; the name is relative to the namespace. */
    @FunctionalInterface
    public interface Row {
        void of(RepositoryName name, String tag, Digest digest);
    }

    /**
     * @param digests the namespace's ImageDigests
     * @param readme its changelog
     * @return empty, with a warning, if the header is damaged
     */
    public static Optional<OtherLedger> open(NamespaceFiles files, FileContent digests, FileContent readme)
            throws IOException {
        try (InputStream head = digests.open();
                InputStream log = readme.open()) {
            String destination = ImageDigests.destination(new Lines(head));
            String start = new String(log.readNBytes(START_OF_README), StandardCharsets.UTF_8);
            Matcher image = FIRST_IMAGE.matcher(start);
            Optional<String> source = image.find() ? Optional.of(image.group(1)) : Optional.empty();
            return Optional.of(new OtherLedger(files, digests, source, destination));
        } catch (MalformedException e) {
            warn(files, e.getMessage());
            return Optional.empty();
        }
    }

    public String namespace() {
        return files.namespace();
    }

    /** @param wanted called once per repository; rows of other repositories are skipped unparsed */
    public void rows(Predicate<RepositoryName> wanted, Row each) {
        try (InputStream in = digests.open()) {
            Lines lines = new Lines(in);
            ImageDigests.destination(lines);
            read(lines, wanted, each);
        } catch (IOException | MalformedException e) {
            warn(files, e.getMessage());
        }
    }

    private static void read(Lines lines, Predicate<RepositoryName> wanted, Row each)
            throws IOException, MalformedException {
        byte[] current = new byte[0];
        Optional<RepositoryName> repository = Optional.empty();
        while (lines.next()) {
            int from = lines.from();
            int colon = from + current.length;
            boolean same = colon < lines.to()
                    && lines.buffer()[colon] == ':'
                    && Arrays.equals(current, 0, current.length, lines.buffer(), from, colon);
            if (!same) {
                String name = lines.text().split(":", 2)[0];
                if (!RepositoryName.isValid(name)) {
                    throw MalformedException.damaged(lines.number(), "not a repository name and a tag");
                }
                current = KeyTable.key(name);
                repository = Optional.of(new RepositoryName(name)).filter(wanted);
            }
            if (repository.isPresent()) {
                String[] columns = lines.text().substring(current.length + 1).split(" ", 3);
                Digest digest = Digest.parse(columns.length < 3 ? "" : columns[1])
                        .orElseThrow(() -> MalformedException.damaged(lines.number(), "not a digest"));
                each.of(repository.get(), columns[0], digest);
            }
        }
    }

    private static void warn(NamespaceFiles files, @org.jspecify.annotations.Nullable String reason) {
        LOG.warn(
                "cannot read {}: {}; its images are not checked for conflicts with those of this run",
                files.imageDigests(),
                reason);
    }
}
