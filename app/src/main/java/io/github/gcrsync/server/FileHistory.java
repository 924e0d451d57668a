package io.github.gcrsync.server;

import io.github.gcrsync.files.PrivateFiles;
import io.github.gcrsync.files.WholeFile;
import io.github.gcrsync.text.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

    private final Path folder;
    private final RunIndex index;

    /** Reads the runs of earlier servers. */
    public FileHistory(Path folder, RunIndex.Limits limits, InstantSource clock) {
        this.folder = folder;
        this.index = new RunIndex(limits, clock);
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
                index.add(Run.of(fields), Files.size(file));
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
        index.add(run, text.length);
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
        for (String id : index.forgetOld()) {
            try {
                Files.deleteIfExists(file(id));
            } catch (IOException e) {
                LOG.warn("cannot delete an old run in {}: {}", folder, e.toString());
            }
        }
    }

    @Override
    public List<Run> runs() {
        return index.runs();
    }

    @Override
    public Optional<Run> run(String id) {
        return index.run(id);
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
