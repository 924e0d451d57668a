package io.github.gcrsync.check.drift;

import io.github.gcrsync.check.ReferrerComparison;
import io.github.gcrsync.check.drift.DriftReport.Finding;
import io.github.gcrsync.content.Store;
import io.github.gcrsync.copy.CopyException;
import io.github.gcrsync.copy.Side;
import io.github.gcrsync.ledger.Ledger;
import io.github.gcrsync.ledger.Recorded;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Platforms;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.plan.CopyTask;
import io.github.gcrsync.plan.Reason;
import io.github.gcrsync.plan.ReferrerTags;
import io.github.gcrsync.plan.Sides;
import io.github.gcrsync.rule.DestinationNames.Target;
import io.github.gcrsync.rule.MirrorRule;
import io.github.gcrsync.tasks.Tasks;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * Asks the destination for everything that the ledger records: tags, manifests, blobs and referrers. The source is asked
 * only about what the destination lacks.
 */
final class DriftCheck {
    /** Images whose contents are known at a time; a repository is never split. */
    private static final int BATCH = 5000;

    private final MirrorRule rule;
    private final Verifier.Settings settings;
    private final int requestsInFlight;
    private final Site site;
    private final Queue<Finding> findings = new ConcurrentLinkedQueue<>();
    private final AtomicInteger drifted = new AtomicInteger();
    private final AtomicInteger unchecked = new AtomicInteger();

    private record Image(Recorded row, CopyTask task, Origin origin) {}

    /** @param store the destination, opened to read from: a folder then knows what its source lacked */
    DriftCheck(
            MirrorRule rule,
            Store source,
            Store destination,
            Store store,
            int requestsInFlight,
            Verifier.Settings settings) {
        this.rule = rule;
        this.settings = settings;
        this.requestsInFlight = requestsInFlight;
        Counts counts = new Counts(settings.progress());
        Failures failures = new Failures(new Sides(side -> (side == Side.SOURCE ? source : store).answers()));
        this.site = new Site(
                rule,
                destination,
                store,
                new AtSource(source, failures),
                new ReferrerComparison(rule, source, ReferrerTags.unlisted(rule, source), destination),
                new BlobCheck(settings.deep(), !store.isLocal(), settings.stop(), counts, failures),
                counts,
                failures);
    }

    /**
     * @throws CopyException if the destination failed as a whole
     * @throws io.github.gcrsync.copy.StoppedException if the signal to stop was given
     */
    DriftReport check(Ledger ledger) {
        int recorded = (int) own(ledger).count();
        int wanted = (int) sampled(ledger).count();
        settings.progress().checking(wanted);
        List<Recorded> batch = new ArrayList<>();
        for (Iterator<Recorded> rows = sampled(ledger).iterator(); rows.hasNext(); ) {
            Recorded row = rows.next();
            if (batch.size() >= BATCH && !batch.getLast().name().equals(row.name())) {
                check(batch, ledger.contentRule());
                batch.clear();
            }
            batch.add(row);
        }
        check(batch, ledger.contentRule());
        settings.stop().check(); // What failed because of the signal is no result.
        return new DriftReport(
                recorded,
                wanted,
                drifted.get(),
                unchecked.get(),
                site.counts().sum(),
                findings.stream()
                        .sorted(Comparator.comparing(Finding::image)
                                .thenComparing(found -> found.problem().kind())
                                .thenComparing(found -> found.problem()
                                        .digest()
                                        .map(Digest::value)
                                        .orElse("")))
                        .toList());
    }

    private Stream<Recorded> own(Ledger ledger) {
        return ledger.recorded().filter(row -> rule.isInShard(row.name()));
    }

    private Stream<Recorded> sampled(Ledger ledger) {
        return own(ledger).filter(row -> settings.images().test(row.image()));
    }

    private void check(List<Recorded> rows, String contentRule) {
        List<Image> images = new ArrayList<>();
        Map<RepositoryName, Set<String>> tags = new HashMap<>();
        for (Recorded row : rows) {
            try {
                Image image = image(row, contentRule);
                images.add(image);
                tags.computeIfAbsent(image.task().to(), _ -> new HashSet<>())
                        .add(image.task().toTag());
            } catch (IllegalArgumentException e) {
                note(row, List.of(new Problem(Kind.UNCHECKED, Optional.empty(), String.valueOf(e.getMessage()))));
            }
        }
        Map<RepositoryName, RepositoryCheck> repositories = new HashMap<>();
        tags.forEach((name, wanted) -> repositories.put(name, new RepositoryCheck(site, name, wanted)));
        Tasks.forEach(images, requestsInFlight, image -> {
            settings.stop().check();
            RepositoryCheck repository =
                    Objects.requireNonNull(repositories.get(image.task().to()));
            note(image.row(), repository.problems(image.row(), image.task(), image.origin()));
        });
    }

    /** @throws IllegalArgumentException if the image has no valid name at the destination */
    private Image image(Recorded row, String contentRule) {
        Target target = rule.names().of(row.name(), row.reference());
        RepositoryName from = rule.source().full(row.name());
        CopyTask task = new CopyTask(
                        from,
                        row.name(),
                        row.reference(),
                        row.digest(),
                        true,
                        target.repository(),
                        target.tag(),
                        Reason.GONE)
                .storedAs(row.stored());
        String own = row.attributes().rule();
        Optional<Platforms> platforms = own.equals(contentRule)
                ? Optional.of(rule.platforms())
                : Optional.of(Platforms.ALL).filter(_ -> own.isEmpty());
        return new Image(row, task, new Origin(from, row.digest(), task.as().isPresent(), platforms));
    }

    private void note(Recorded row, List<Problem> problems) {
        problems.forEach(problem -> findings.add(new Finding(row.image(), problem)));
        if (problems.stream().anyMatch(Problem::isDrift)) {
            drifted.incrementAndGet();
        } else if (!problems.isEmpty()) {
            unchecked.incrementAndGet();
        }
        settings.progress().imageChecked();
    }
}
