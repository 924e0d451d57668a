package io.github.gcrsync.check.drift;

import io.github.gcrsync.check.drift.DriftReport.Finding;
import io.github.gcrsync.content.ImageSource;
import io.github.gcrsync.content.Store;
import io.github.gcrsync.copy.StopSignal;
import io.github.gcrsync.ledger.Ledger;
import io.github.gcrsync.ledger.Recorded;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.rule.MirrorRule;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Checks whether one destination of a mirror has what the ledger records, and repairs it. */
public final class Verifier {
    private final MirrorRule rule;
    private final Store source;
    private final Store destination;
    private final Store stored;
    private final Ledger ledger;
    private final Signed signatures;
    private final int requestsInFlight;

    /** Checks a signature before an image is copied. */
    @FunctionalInterface
    public interface Signed {
        /** @throws io.github.gcrsync.copy.CopyException if the image lacks it */
        void require(String repository, ImageSource source, Digest image);
    }

    /** Receives how far the check is; called from many threads. */
    public interface Progress {
        Progress SILENT = new Progress() {};

        /** So many images will be checked. */
        default void checking(int images) {}

        default void imageChecked() {}

        /** Bytes were read and hashed. */
        default void read(long bytes) {}
    }

    /**
     * @param deep whether to read and hash every blob
     * @param images to check
     */
    public record Settings(boolean deep, Predicate<String> images, StopSignal stop, Progress progress) {
        Settings only(Set<String> some) {
            return new Settings(deep, some::contains, stop, progress);
        }
    }

    /**
     * @param stored the destination, opened to read from: a folder then knows what its source lacked
     * @param signatures throws if an image lacks a signature that is required
     */
    public Verifier(
            MirrorRule rule,
            Store source,
            Store destination,
            Store stored,
            Ledger ledger,
            Signed signatures,
            int requestsInFlight) {
        this.signatures = signatures;
        this.rule = rule;
        this.source = source;
        this.destination = destination;
        this.stored = stored;
        this.ledger = ledger;
        this.requestsInFlight = requestsInFlight;
    }

    /**
     * @throws io.github.gcrsync.copy.CopyException if the destination failed as a whole
     * @throws io.github.gcrsync.copy.StoppedException if the signal to stop was given
     */
    public DriftReport check(Settings settings) {
        return new DriftCheck(rule, source, destination, stored, requestsInFlight, settings).check(ledger);
    }

    /**
     * Copies again what drifted, from the source or else from other destinations of the mirror, and checks it again. The
     * ledger forgets what nobody can repair, so that it records only what the destination has.
     *
     * @param imagesAtATime copies
     * @param others destinations of the mirror
     * @throws io.github.gcrsync.copy.CopyException if the destination failed as a whole
     * @throws io.github.gcrsync.ledger.LedgerException if the ledger cannot be read or saved
     */
    public RepairReport repair(DriftReport found, Settings settings, int imagesAtATime, List<Place> others) {
        List<Place> places = new ArrayList<>(List.of(Place.source(rule, source)));
        places.addAll(others);
        Repair repair = new Repair(
                rule,
                destination,
                signatures,
                imagesAtATime,
                settings,
                some -> check(new Settings(settings.deep(), some::contains, settings.stop(), Progress.SILENT)));
        // A sync may have moved tags since the check began: what it records is no drift.
        ledger.checkpoint();
        Set<String> suspects = suspects(found);
        DriftReport now = check(settings.only(suspects));
        Set<String> drifted = suspects(now);
        List<Recorded> images = ledger.recorded()
                .filter(image -> drifted.contains(image.image()))
                .toList();
        repair.run(images, now.findings(), places);
        List<Recorded> lost = repair.lost();
        lost.forEach(image -> ledger.forget(image.name(), image.reference()));
        Set<String> unsound = images(found);
        unsound.removeAll(suspects);
        unsound.addAll(images(now));
        return repair.report(
                unsound, lost.isEmpty() ? Optional.empty() : ledger.checkpoint().commit());
    }

    private static Set<String> images(DriftReport report) {
        return report.findings().stream().map(Finding::image).collect(Collectors.toCollection(HashSet::new));
    }

    /** Returns the images with drift, and those of which another destination may have what the source cannot tell. */
    private static Set<String> suspects(DriftReport report) {
        return report.findings().stream()
                .filter(found ->
                        found.problem().isDrift() || found.problem().digest().isPresent())
                .map(Finding::image)
                .collect(Collectors.toSet());
    }
}
