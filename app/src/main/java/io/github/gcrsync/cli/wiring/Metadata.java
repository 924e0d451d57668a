package io.github.gcrsync.cli.wiring;

import io.github.gcrsync.cli.console.Console;
import io.github.gcrsync.cli.flags.Options;
import io.github.gcrsync.cli.flags.UsageException;
import io.github.gcrsync.git.MetadataRepository;
import io.github.gcrsync.git.MetadataSettings;
import io.github.gcrsync.http.Transport;
import io.github.gcrsync.http.client.ApacheTransport;
import io.github.gcrsync.http.client.HttpSettings;
import io.github.gcrsync.ledger.Ledger;
import io.github.gcrsync.ledger.changelog.LogEntry;
import io.github.gcrsync.rule.MirrorRule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** The metadata repository of the flags, opened on first use. */
public final class Metadata implements AutoCloseable {
    private final Options options;
    private final Console console;
    private @Nullable MetadataRepository repository;
    private @Nullable Transport git;

    public Metadata(Options options, Console console) {
        this.options = options;
        this.console = console;
    }

    /**
     * Opens the ledger of a rule.
     *
     * @param isFirst whether the changelog shows what moves at the rule's destination
     * @throws io.github.gcrsync.ledger.LedgerException if the metadata repository cannot be used
     */
    public Ledger ledger(MirrorRule rule, boolean isFirst) {
        return ledger(opened(MetadataRepository::open), rule, isFirst);
    }

    /**
     * Opens the ledger for reading only; it is empty if there is no metadata repository yet.
     *
     * @throws io.github.gcrsync.ledger.LedgerException if the metadata repository exists and cannot be used
     */
    public Ledger ledgerToRead(MirrorRule rule, boolean isFirst) {
        return ledger(opened(MetadataRepository::openToRead), rule, isFirst);
    }

    private static Ledger ledger(MetadataRepository opened, MirrorRule rule, boolean isFirst) {
        return opened.namespace(
                rule.folder(),
                rule.source().toString(),
                rule.names().recorded(),
                rule.destinationName().text(),
                isFirst,
                rule.contentRule());
    }

    /** Returns the latest commit of the metadata repository; empty if it has none. */
    public Optional<String> head() {
        return opened(MetadataRepository::openToRead).head();
    }

    /** Returns what the ledger of a rule recorded in an earlier commit; empty if there is no such commit. */
    public Optional<MetadataRepository.Earlier> at(String revision, MirrorRule rule) {
        return opened(MetadataRepository::openToRead)
                .at(
                        revision,
                        rule.folder(),
                        rule.source().toString(),
                        rule.names().recorded(),
                        rule.destinationName().text());
    }

    /** @throws io.github.gcrsync.ledger.LedgerException if the metadata repository cannot be used */
    public List<LogEntry> log(String folder, Optional<String> image) {
        return opened(MetadataRepository::openToRead).log(folder, image);
    }

    /** Returns the folder for the files of test: in the working copy that they would change, or in the state folder. */
    public Path testFolder(String folder) {
        String location = location();
        boolean isWorkingCopy = MetadataRepository.isPath(location)
                && Files.isDirectory(Path.of(location).resolve(".git"));
        Path base = isWorkingCopy ? Path.of(location) : Folders.state(console.environment());
        return base.resolve(".gcrsync-test").resolve(folder);
    }

    /** Returns the location without secrets. */
    public String shown() {
        return MetadataRepository.shown(location());
    }

    private String location() {
        Options.Metadata given = options.metadata;
        if (given.location != null) {
            return given.location;
        }
        if (token().isEmpty()) {
            return "./metadata";
        }
        if (given.githubRepo == null) {
            throw new UsageException("a token needs a repository; add --githubrepo OWNER/NAME or --metadata URL");
        }
        return "https://github.com/" + given.githubRepo + ".git";
    }

    private MetadataRepository opened(BiFunction<MetadataSettings, Clock, MetadataRepository> opening) {
        MetadataRepository open = repository;
        if (open == null) {
            open = opening.apply(
                    new MetadataSettings(
                            location(),
                            Optional.ofNullable(options.metadata.branch),
                            token(),
                            console.given(options.metadata.authorName, "GIT_AUTHOR_NAME"),
                            console.given(options.metadata.authorEmail, "GIT_AUTHOR_EMAIL"),
                            options.metadata.timezone,
                            Folders.state(console.environment()),
                            options.network.timeout,
                            git()),
                    console.clock());
            repository = open;
        }
        return open;
    }

    /** Creates the transport for the metadata repository, which makes one request at a time. */
    private Transport git() {
        ApacheTransport transport = new ApacheTransport(new HttpSettings(
                options.network.timeout,
                Optional.ofNullable(options.network.proxy),
                options.access.tls(console.environment()),
                4,
                Connections.USER_AGENT));
        git = transport;
        return transport;
    }

    private Optional<String> token() {
        return console.given(options.metadata.token, "GCRSYNC_GITHUBTOKEN");
    }

    @Override
    public void close() {
        MetadataRepository open = repository;
        if (open != null) {
            open.close();
        }
        Transport toGit = git;
        if (toGit != null) {
            toGit.close();
        }
    }
}
