package io.github.gcrsync.copy;

import io.github.gcrsync.content.BlobArrival;
import io.github.gcrsync.content.BlobContent;
import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.tasks.Slots;
import io.github.gcrsync.tasks.Turns;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** Copies blobs, each to all targets that lack it. */
final class BlobCopies {
    private final StopSignal stop;
    private final CopyOptions options;
    private final Slots slots;
    private final Presence presence;
    private final Turns<Digest> turns = new Turns<>();
    /** One image at a time in a repository: two would each begin at one destination and wait for each other's. */
    private final Turns<Presence.Place> repositories = new Turns<>();

    BlobCopies(CopyOptions options, Presence presence) {
        this.options = options;
        this.stop = options.stop();
        this.slots = new Slots(options.blobsInFlight());
        this.presence = presence;
    }

    /** The first image that needs a blob transfers it while the others wait; then they mount it, all at once. */
    void copy(Descriptor blob, Group group) {
        while (true) {
            Group lacking = group.lacking(blob.digest(), presence);
            List<CopyTarget> targets = lacking.active();
            if (targets.isEmpty()) {
                return;
            }
            // Waiting for another image's transfer of the same blob holds no slot. The wait has no limit if that
            // image goes to all these destinations, because it leaves a slow one behind. Otherwise, reading the
            // blob twice is better than waiting for a destination that this image does not need.
            boolean ignored = Sided.waitingFor(() -> lacking.all(target -> presence.hasArrived(target, blob.digest()))
                    ? repositories.runOrAwait(
                            Presence.Place.of(targets.getFirst(), blob.digest()),
                            () -> lacking.places(blob.digest()),
                            options.patience(),
                            () -> transfer(blob, lacking, BlobClaims.Claim.NONE))
                    : turns.runOrAwait(
                            blob.digest(), lacking::servers, options.patience(), () -> transferFirst(blob, group)));
        }
    }

    private void transferFirst(Descriptor blob, Group group) {
        Group first = group.lacking(blob.digest(), presence).oneOfEachServer();
        if (!first.isEmpty()) {
            group.run(() -> {
                try (BlobClaims.Claim claim = Sided.waitingFor(() -> claim(blob, first))) {
                    first.active()
                            .forEach(target -> Optional.ofNullable(claim.found().get(target.server()))
                                    .ifPresent(place -> target.destination().noteBlob(blob, place)));
                    transfer(blob, first, claim);
                }
            });
        }
    }

    private BlobClaims.Claim claim(Descriptor blob, Group group) throws InterruptedException {
        Set<String> servers = group.active().stream()
                .filter(target ->
                        target.destination().name().isPresent() && !presence.hasArrived(target, blob.digest()))
                .map(CopyTarget::server)
                .collect(Collectors.toSet());
        return servers.isEmpty()
                ? BlobClaims.Claim.NONE
                : options.claims().claim(blob, servers, () -> stop.isGiven() || group.isEmpty());
    }

    private void transfer(Descriptor blob, Group group, BlobClaims.Claim claim) {
        Image image = group.image();
        try (Slots.Slot slot = Sided.waitingFor(() -> slots.take(blob.size()))) {
            List<CopyTarget> targets = group.active();
            Progress progress = new Progress(slot);
            if (targets.size() == 1) {
                group.each(
                        targets,
                        progress,
                        target -> ensure(blob, read(blob, image, target, progress), target, image, claim));
            } else {
                SharedBlob shared = new SharedBlob(
                        blob, () -> read(blob, image, image.reading(), slot), targets.size(), options.patience());
                group.each(targets, progress, target -> {
                    try (SharedBlob.Reader reader = shared.reader(
                            () -> read(blob, image, target, progress),
                            bytes -> {
                                progress.moved(target);
                                target.listener().blobProgress(blob, bytes);
                            },
                            () -> group.leaveBehind(target))) {
                        ensure(blob, reader, target, image, claim);
                    }
                });
            }
        }
    }

    /** A read for one target. */
    private BlobContent read(Descriptor blob, Image image, CopyTarget target, Progress progress) {
        return read(
                blob,
                image,
                new CopyListener() {
                    @Override
                    public void blobProgress(Descriptor read, long bytes) {
                        progress.moved(target);
                        image.reading().blobProgress(read, bytes);
                        target.listener().blobProgress(read, bytes);
                    }
                },
                progress.slot);
    }

    private BlobContent read(Descriptor blob, Image image, CopyListener progress, Slots.Slot slot) {
        BlobContent content = Sided.atSource(() -> image.source().blob(blob));
        return new SourceContent(content, blob, bytes -> progress.blobProgress(blob, bytes), slot, stop);
    }

    private void ensure(Descriptor blob, BlobContent content, CopyTarget target, Image image, BlobClaims.Claim claim) {
        presence.once(target, blob.digest(), () -> {
            boolean confirmed = false;
            target.listener().blobStarted(blob, image.digest());
            try {
                stop.check();
                if (options.repair()
                        .filter(damaged -> damaged.contains(blob.digest()))
                        .isPresent()) {
                    target.destination().distrust(blob.digest());
                }
                BlobArrival arrival = upload(blob, content, target);
                presence.arrived(target, blob.digest());
                if (arrival == BlobArrival.UPLOADED || !claim.found().containsKey(target.server())) {
                    target.destination().name().ifPresent(name -> claim.arrived(target.server(), name));
                }
                confirmed = true;
                target.listener().blobArrived(blob, arrival);
            } finally {
                if (!confirmed) {
                    target.listener().blobFailed(blob);
                }
            }
        });
    }

    /** Retries once from the beginning if the source sent corrupt bytes, which may have been damaged in transit. */
    private static BlobArrival upload(Descriptor blob, BlobContent content, CopyTarget target) {
        try {
            return Sided.atDestination(() -> target.destination().ensureBlob(blob, content));
        } catch (CopyException e) {
            if (e.side() != Side.SOURCE || !(e.reason() instanceof ContentException.Corrupt)) {
                throw e;
            }
            return Sided.atDestination(() -> target.destination().ensureBlob(blob, content));
        }
    }

    /** What the targets of a transfer have received. */
    private static final class Progress implements SideBySide.Work {
        private final Slots.Slot slot;
        private final Map<CopyTarget, Long> began = new ConcurrentHashMap<>();
        private volatile long last = System.nanoTime();

        Progress(Slots.Slot slot) {
            this.slot = slot;
        }

        void moved(CopyTarget target) {
            last = System.nanoTime();
            began.putIfAbsent(target, last);
        }

        @Override
        public OptionalLong began(CopyTarget target) {
            Long first = began.get(target);
            return first == null ? OptionalLong.empty() : OptionalLong.of(first);
        }

        @Override
        public long progressed() {
            return Math.max(last, slot.waited());
        }
    }
}
