package io.github.gcrsync.git;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import org.eclipse.jgit.lib.CommitBuilder;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.PersonIdent;

/** The author of commits, with a time zone. */
record Author(String name, String email, ZoneId timezone) {
    private static final DateTimeFormatter FORM = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

    /**
     * Takes name and address each from the first that has it: the settings, the metadata repository, the original's
     * default.
     *
     * @param repository the metadata repository's configuration, if it is on this machine
     */
    static Author of(MetadataSettings settings, Config repository) {
        return new Author(
                settings.authorName()
                        .or(() -> Optional.ofNullable(repository.getString("user", null, "name")))
                        .orElse("Late Lee"),
                settings.authorEmail()
                        .or(() -> Optional.ofNullable(repository.getString("user", null, "email")))
                        .orElse("li@latelee.org"),
                settings.timezone());
    }

    /** Formats a time for headings and commit messages. */
    String time(Instant at) {
        return FORM.format(at.atZone(timezone));
    }

    PersonIdent person(Instant at) {
        return new PersonIdent(name, email, at, timezone);
    }

    /**
     * @param act what the commit records, {@code sync} or {@code prune}
     * @param explanation after the subject
     */
    CommitBuilder commit(ObjectId tree, Instant at, String act, String explanation) {
        PersonIdent person = person(at);
        CommitBuilder commit = new CommitBuilder();
        commit.setTreeId(tree);
        commit.setAuthor(person);
        commit.setCommitter(person);
        commit.setMessage("Auto " + act + " at " + time(at) + explanation);
        return commit;
    }
}
