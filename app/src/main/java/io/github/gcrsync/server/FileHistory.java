package io.github.gcrsync.server;

import io.github.gcrsync.files.PrivateFiles;
import io.github.gcrsync.files.WholeFile;
import io.github.gcrsync.text.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The history in a folder, one file for each run: its fields on the first line, then the report. A file that cannot be
 * read or written is logged and skipped.
 */
public final class FileHistory implements History {
    private static final Logger LOG = LoggerFactory.getLogger(FileHistory.class);
    private static final Pattern NAME = Pattern.compile("[0-9TZ]{16}-[0-9a-f]{8}");
    private static final String END = ".json";

    /**
     * How much is kept.
     *
     * @param age of the end of a run
     * @param bytes of all files
     * @param runs their number
     */
    public record Limits(Duration age, long bytes, int runs) {
        /** The fields of so many runs take a few megabytes of memory. */
        public static Limits of(Duration age) {
            return new Limits(age, 256L << 20, 5_000);
        }
    }

    private record Kept(Run run, long bytes) {}

    private final Path folder;
    private final Limits limits;
    private final InstantSource clock;
    private final NavigableMap<String, Kept> byId = new TreeMap<>(Comparator.reverseOrder());

    /** Reads the runs of earlier servers. */
    public FileHistory(Path folder, Limits limits, InstantSource clock) {
        this.folder = folder;
        this.limits = limits;
        this.clock = clock;
        if (Files.isDirectory(folder)) {
            try (Stream<Path> files = Files.list(folder)) {
                files.forEach(this::read);
            } catch (IOException e) {
                LOG.warn("cannot read the history of runs in {}: {}", folder, e.toString());
            }
        }
        forgetOld();
    }

    private void read(Path file) {
        String name = String.valueOf(file.getFileName());
        if (!name.endsWith(END) || !isId(name.substring(0, name.length() - END.length()))) {
            return;
        }
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            String first = lines.readLine();
            if (Json.tree(String.valueOf(first).getBytes(StandardCharsets.UTF_8)) instanceof Map<?, ?> fields) {
                Run run = Run.of(fields);
                byId.put(run.id(), new Kept(run, Files.size(file)));
            }
        } catch (IOException | RuntimeException e) {
            LOG.warn("cannot read the run in {}: {}", file, e.toString());
        }
    }

    /** Whether the text may be the ID of a run; only such text becomes a path. */
    static boolean isId(String text) {
        return NAME.matcher(text).matches();
    }

    @Override
    public synchronized void add(Run run, Optional<String> report) {
        byte[] text = (Json.text(run.fields()) + "\n" + report.orElse("")).getBytes(StandardCharsets.UTF_8);
        byId.put(run.id(), new Kept(run, text.length));
        try {
            PrivateFiles.createFolder(folder);
            WholeFile.write(file(run.id()), text);
        } catch (IOException e) {
            LOG.warn("cannot write the run to {}: {}", folder, e.toString());
        }
        forgetOld();
    }

    private Path file(String id) {
        return folder.resolve(id + END);
    }

    private void forgetOld() {
        Instant oldest = clock.instant().minus(limits.age());
        long bytes = 0;
        int runs = 0;
        for (Kept kept : List.copyOf(byId.values())) {
            bytes += kept.bytes();
            runs++;
            boolean isOld = kept.run().ended().orElse(Instant.MAX).isBefore(oldest);
            // The newest run is kept, whatever its size.
            if (runs > 1 && (isOld || bytes > limits.bytes() || runs > limits.runs())) {
                byId.remove(kept.run().id());
                try {
                    Files.deleteIfExists(file(kept.run().id()));
                } catch (IOException e) {
                    LOG.warn("cannot delete an old run in {}: {}", folder, e.toString());
                }
            }
        }
    }

    @Override
    public synchronized List<Run> runs() {
        return byId.values().stream().map(Kept::run).toList();
    }

    @Override
    public synchronized Optional<Run> run(String id) {
        return Optional.ofNullable(byId.get(id)).map(Kept::run);
    }

    @Override
    public Optional<String> report(String id) {
        if (run(id).isEmpty()) {
            return Optional.empty();
        }
        try {
            String text = Files.readString(file(id));
            String report = text.substring(text.indexOf('\n') + 1);
            return Optional.of(report).filter(json -> !json.isBlank());
        } catch (IOException e) {
            LOG.warn("cannot read a report in {}: {}", folder, e.toString());
            return Optional.empty();
        }
    }
}
