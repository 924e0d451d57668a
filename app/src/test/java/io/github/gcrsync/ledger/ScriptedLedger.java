package io.github.gcrsync.ledger;

import io.github.gcrsync.ledger.changelog.Changelog;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A ledger in memory whose checkpoints make numbered commits or fail on request. */
public final class ScriptedLedger implements Ledger {
    private final Ledger memory;
    private final List<OtherLedger> others = new ArrayList<>();
    private final List<Integer> checkpoints = new ArrayList<>();
    private final List<String> adopted = new ArrayList<>();
    private String contentRule = "";
    private int failures;

    public ScriptedLedger(String destination) {
        this.memory = new MemoryLedger(destination, Sample.SOURCE, "", InstantSource.fixed(Sample.START));
    }

    /** Makes the next checkpoints fail. */
    public void failCheckpoints(int count) {
        failures = count;
    }

    /** Returns how many images each successful checkpoint saved. */
    public List<Integer> checkpoints() {
        return List.copyOf(checkpoints);
    }

    /** Returns the adopted images, {@code name:tag}. */
    public List<String> adopted() {
        return List.copyOf(adopted);
    }

    /** Adds the ledger of another namespace that records one image. */
    public void addOther(String namespace, String destination, String image, Digest digest) throws IOException {
        String digests = "# gcrsync ImageDigests 1\n# destination " + destination + "\n" + image + " " + digest
                + " 2026-01-02T03:04:05Z 2026-01-02T03:04:05Z\n";
        others.add(OtherLedger.open(
                new NamespaceFiles(namespace),
                namespace + "/ImageDigests",
                FileContent.of(Changelog.encoded(digests)),
                FileContent.of(new byte[0])));
    }

    /** Changes the rule of the run; what is recorded keeps its rule. */
    public void changeContentRule(String rule) {
        contentRule = rule;
    }

    @Override
    public Optional<DigestTable.Row> row(RepositoryName name, String reference) {
        return memory.row(name, reference);
    }

    @Override
    public boolean mirroredAnywhere(RepositoryName name, String tag, Digest digest) {
        return memory.mirroredAnywhere(name, tag, digest);
    }

    @Override
    public String contentRule() {
        return contentRule;
    }

    @Override
    public boolean listed(RepositoryName name, String reference) {
        return memory.listed(name, reference);
    }

    @Override
    public Stream<Recorded> recorded() {
        return memory.recorded();
    }

    @Override
    public List<OtherLedger> others() {
        return List.copyOf(others);
    }

    @Override
    public void record(Collection<Entry> entries) {
        memory.record(entries);
    }

    @Override
    public void adopt(Collection<Entry> entries) {
        entries.forEach(entry -> adopted.add(entry.key()));
        memory.adopt(entries);
    }

    @Override
    public void forget(RepositoryName name, String reference) {
        memory.forget(name, reference);
    }

    @Override
    public void sighted(Collection<Sighting> images) {
        memory.sighted(images);
    }

    @Override
    public void pruned(Collection<Recorded> images, boolean wereMissing) {
        memory.pruned(images, wereMissing);
    }

    @Override
    public boolean knows(RepositoryName name) {
        return memory.knows(name);
    }

    @Override
    public Optional<Instant> seen(RepositoryName name, String tag, Digest digest) {
        return memory.seen(name, tag, digest);
    }

    @Override
    public Stream<HeldBack> held() {
        return memory.held();
    }

    @Override
    public void hold(Collection<HeldBack> tags) {
        memory.hold(tags);
    }

    @Override
    public void accept(Collection<HeldBack> tags) {
        memory.accept(tags);
    }

    @Override
    public void release(RepositoryName name, String tag) {
        memory.release(name, tag);
    }

    @Override
    public Published checkpoint() {
        if (failures > 0) {
            failures--;
            throw new LedgerException(LedgerException.Kind.UNREACHABLE, "cannot push the metadata");
        }
        int images = memory.checkpoint().images();
        if (images == 0) {
            return new Published(Optional.empty(), false, 0);
        }
        checkpoints.add(images);
        return new Published(Optional.of("commit " + checkpoints.size()), true, images);
    }

    @Override
    public Preview preview() {
        return memory.preview();
    }
}
