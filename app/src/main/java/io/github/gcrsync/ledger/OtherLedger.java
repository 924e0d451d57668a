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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The records of another mirror in the same metadata repository. There may be a million rows: they are read one by
 * one and not kept. If the ledger is damaged, reading stops with a warning; its own runs must deal with it.
 *
 * @param path of its ImageDigests
 * @param digests the content of this file
 * @param registry the source's host; empty if it is not known, or if the source is a folder
 * @param namespace the source's path; empty if it has none
 * @param destination of the rows, as recorded by its runs; empty if it cannot be read
 */
public record OtherLedger(
        NamespaceFiles files,
        String path,
        FileContent digests,
        Optional<String> registry,
        Optional<RepositoryName> namespace,
        String destination) {
    private static final Logger LOG = LoggerFactory.getLogger(OtherLedger.class);
    /** The first image of a changelog: {@code - [HOST/NAMESPACE/NAME:TAG](LINK)}. */
    private static final Pattern FIRST_IMAGE = Pattern.compile("^- \\[([^/\\]]+)/", Pattern.MULTILINE);

    /** The source of a mirror that is no registry. */
    private static final String FOLDER = "oci:";

    private static final int START_OF_README = 4096;

    /** Receives the row of one image, by tag or digest; the name is relative to the source. */
    @FunctionalInterface
    public interface Row {
        void of(RepositoryName name, String reference, Digest digest, Attributes attributes);
    }

    /**
     * @param path of its ImageDigests
     * @param digests the content of this file
     * @param readme its changelog, the only hint at the source's host in format 1
     * @return without a destination, with a warning, if the header is damaged
     */
    public static OtherLedger open(NamespaceFiles files, String path, FileContent digests, FileContent readme)
            throws IOException {
        try {
            ImageDigests.Header header = ImageDigests.Header.of(digests);
            if (header.source().filter(from -> from.startsWith(FOLDER)).isPresent()) {
                return new OtherLedger(files, path, digests, Optional.empty(), Optional.empty(), header.destination());
            }
            String[] source = header.source().orElse("/" + files.folder()).split("/", 2);
            Optional<String> host = header.source().isPresent() ? Optional.of(source[0]) : hostOfNewest(readme);
            Optional<RepositoryName> namespace =
                    source.length == 1 ? Optional.empty() : Optional.of(new RepositoryName(source[1]));
            return new OtherLedger(files, path, digests, host, namespace, header.destination());
        } catch (MalformedException | IllegalArgumentException e) {
            warn(path, e.getMessage());
            return new OtherLedger(files, path, digests, Optional.empty(), Optional.empty(), "");
        }
    }

    private static Optional<String> hostOfNewest(FileContent readme) throws IOException {
        try (InputStream log = readme.open()) {
            Matcher image = FIRST_IMAGE.matcher(new String(log.readNBytes(START_OF_README), StandardCharsets.UTF_8));
            return image.find() ? Optional.of(image.group(1)) : Optional.empty();
        }
    }

    public String folder() {
        return files.folder();
    }

    /**
     * @param wanted called once per repository; rows of other repositories are skipped unparsed
     * @return whether all rows could be read
     */
    public boolean rows(Predicate<RepositoryName> wanted, Row each) {
        try (InputStream in = digests.open()) {
            Lines lines = new Lines(in);
            ImageDigests.Header.read(lines);
            read(lines, wanted, each);
            return true;
        } catch (IOException | MalformedException e) {
            warn(path, e.getMessage());
            return false;
        }
    }

    private static void read(Lines lines, Predicate<RepositoryName> wanted, Row each)
            throws IOException, MalformedException {
        byte[] current = new byte[0];
        Optional<RepositoryName> repository = Optional.empty();
        while (lines.next()) {
            int from = lines.from();
            int end = from + current.length;
            boolean same = end < lines.to()
                    && (lines.buffer()[end] == ':' || lines.buffer()[end] == '@')
                    && Arrays.equals(current, 0, current.length, lines.buffer(), from, end);
            if (!same) {
                String text = lines.text();
                String name = text.split("[:@]", 2)[0];
                if (name.length() == text.length() || !RepositoryName.isValid(name)) {
                    throw MalformedException.damaged(lines.number(), "not a repository name with a tag or a digest");
                }
                current = KeyTable.key(name);
                repository = Optional.of(new RepositoryName(name)).filter(wanted);
            }
            if (repository.isPresent()) {
                String[] columns = lines.text().substring(current.length + 1).split(" ", 5);
                Digest digest = Digest.parse(columns.length < 3 ? "" : columns[1])
                        .orElseThrow(() -> MalformedException.damaged(lines.number(), "not a digest"));
                String attributes = columns.length == 5 ? columns[4] : "";
                each.of(
                        repository.get(),
                        columns[0],
                        digest,
                        Attributes.isValid(attributes) ? new Attributes(attributes) : Attributes.NONE);
            }
        }
    }

    private static void warn(String path, @Nullable String reason) {
        LOG.warn("cannot read {}: {}; its images are not checked for conflicts with those of this run", path, reason);
    }
}
