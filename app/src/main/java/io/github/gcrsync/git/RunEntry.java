package io.github.gcrsync.git;

import io.github.gcrsync.ledger.FileContent;
import io.github.gcrsync.ledger.changelog.Changelog;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.jspecify.annotations.Nullable;

/** The changelog entry of a run, which grows with each checkpoint. */
final class RunEntry {
    private final LinkedHashMap<String, String> lines = new LinkedHashMap<>();
    private @Nullable String at;
    private boolean written;

    /** The README.md known to have this entry in front, and the entry's length in it. */
    private @Nullable ObjectId readme;

    private long length;

    /** Returns the heading's time: that of the run's first commit, which may be this one. */
    String at(String now) {
        return at == null ? now : at;
    }

    /** Returns the changelog with more lines in the entry; {@code current} is the branch's file. */
    FileContent readme(Repository git, @Nullable ObjectId current, SequencedMap<String, String> more, String now)
            throws IOException {
        SequencedMap<String, String> all = with(more);
        Blobs blobs = new Blobs(git);
        if (!written) {
            return front(all, now).followedBy(blobs.content(current));
        }
        if (current != null && current.equals(readme)) {
            return front(all, now).followedBy(blobs.after(current, length));
        }
        String content = Changelog.decoded(blobs.bytes(current));
        return FileContent.of(Changelog.encoded(Changelog.amended(content, at(now), all.sequencedValues())));
    }

    /** Records that a commit has these lines in this file. */
    void committed(SequencedMap<String, String> more, String now, @Nullable ObjectId file, Repository git)
            throws IOException {
        at = at(now);
        if (more.isEmpty()) {
            return;
        }
        lines.putAll(more);
        written = true;
        FileContent entry = front(lines, now);
        // After a merge, another run's entry may precede this one.
        boolean inFront = new Blobs(git).startsWith(file, entry.bytes());
        readme = inFront ? file : null;
        length = entry.length();
    }

    private SequencedMap<String, String> with(SequencedMap<String, String> more) {
        LinkedHashMap<String, String> all = new LinkedHashMap<>(lines);
        all.putAll(more);
        return all;
    }

    private FileContent front(SequencedMap<String, String> all, String now) {
        return FileContent.of(Changelog.encoded(Changelog.entry(at(now), all.sequencedValues())));
    }
}
