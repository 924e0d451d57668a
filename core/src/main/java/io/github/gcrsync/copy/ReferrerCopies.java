package io.github.gcrsync.copy;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.ImageDestination;
import io.github.gcrsync.content.ImageSource;
import io.github.gcrsync.content.ReferrerList;
import io.github.gcrsync.content.ReferrerLookup;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.tasks.Tasks;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Copies what belongs to the manifests of a stored image: the referrers of each, the artifacts under cosign's tags, and
 * what belongs to these. The image stays stored whatever happens to them.
 */
final class ReferrerCopies {
    /** The most of one image. */
    private static final int MOST = ReferrerList.MOST;

    /** Of one manifest; each holds its manifest in memory. */
    private static final int AT_ONCE = 4;

    private final CopyOptions options;
    private final Presence presence;
    private final ManifestCopies manifests;

    ReferrerCopies(CopyOptions options, Presence presence, ManifestCopies manifests) {
        this.options = options;
        this.presence = presence;
        this.manifests = manifests;
    }

    /** Ends the group, whose active targets have the image; does nothing if no referrers are wanted. */
    void copy(Group group, Set<String> knownTags) {
        if (options.referrers().areNone()) {
            return;
        }
        Digest image = group.image().digest();
        for (CopyTarget target : group.active()) {
            presence.referrers(target, image).ifPresent(copied -> finish(group, target, copied));
        }
        if (group.isEmpty()) {
            return;
        }
        ImageSource source = group.image().source();
        Walk walk = new Walk(group, ReferrerLookup.of(source, knownTags));
        walk.listImage();
        if (ReferrerLookup.mayFind(source, knownTags)) {
            walk.run();
        }
        for (CopyTarget target : group.active()) {
            CopiedReferrers copied = walk.tally(target).copied(walk.listed);
            if (copied.areComplete()) {
                presence.confirmReferrers(target, image, copied);
            }
            finish(group, target, copied);
        }
    }

    private static void finish(Group group, CopyTarget target, CopiedReferrers copied) {
        target.listener().referrersCopied(copied);
        group.finish(target, copied);
    }

    /** The stored referrers of one subject. */
    private static final class Listed {
        private final Map<ImageDestination, Queue<Descriptor>> at = new ConcurrentHashMap<>();

        void add(Manifest referrer, List<CopyTarget> targets) {
            Descriptor listed = ReferrerLookup.described(referrer);
            targets.forEach(target -> at.computeIfAbsent(target.destination(), ignored -> new ConcurrentLinkedQueue<>())
                    .add(listed));
        }

        List<Descriptor> sorted(ImageDestination destination) {
            return at.getOrDefault(destination, new ConcurrentLinkedQueue<>()).stream()
                    .sorted(Comparator.comparing(Descriptor::digest))
                    .toList();
        }
    }

    /** Level by level: what belongs to the manifests of the image, then what belongs to that. */
    private final class Walk {
        private final Group group;
        private final Image image;
        private final ReferrerLookup lookup;
        private final Set<Digest> seen = ConcurrentHashMap.newKeySet();
        private final Map<CopyTarget, CopiedReferrers.Tally> tallies = new ConcurrentHashMap<>();
        private volatile List<String> listed = List.of();
        private int left = MOST;

        Walk(Group group, ReferrerLookup lookup) {
            this.group = group;
            this.image = group.image();
            this.lookup = lookup;
        }

        CopiedReferrers.Tally tally(CopyTarget target) {
            return tallies.computeIfAbsent(target, ignored -> new CopiedReferrers.Tally());
        }

        /** An artifact that is copied as an image may refer to another manifest itself. */
        void listImage() {
            Manifest root = image.choice().root();
            root.subject().ifPresent(subject -> {
                Listed listed = new Listed();
                listed.add(root, group.active());
                list(subject.digest(), listed, Optional.empty());
            });
        }

        void run() {
            // A rewritten index loses what belongs to the original, because it would not verify.
            boolean isOriginal = image.stored().digest().equals(image.digest());
            Collection<Digest> level =
                    unseen(image, isOriginal ? Set.of(image.digest()) : Set.of(), Optional.empty(), image.digest());
            for (int depth = 0; !level.isEmpty(); depth++) {
                int steps = depth;
                Set<Digest> next = ConcurrentHashMap.newKeySet();
                Tasks.forEach(
                        List.copyOf(level), options.blobsInFlight(), subject -> next.addAll(follow(subject, steps)));
                level = next;
            }
        }

        /** Returns these manifests and the children of the content, as far as they are new. */
        private Collection<Digest> unseen(
                Image content, Set<Digest> manifest, Optional<String> referrer, Digest subject) {
            Set<Digest> found = new LinkedHashSet<>(manifest);
            try {
                content.addChildren(found, manifests.absentAtSource());
            } catch (CopyException e) {
                failed(reachable(), referrer, subject, e);
            }
            found.removeIf(digest -> !seen.add(digest));
            return found;
        }

        /** Copies what belongs to the subject, and returns its manifests. */
        private Collection<Digest> follow(Digest subject, int depth) {
            options.stop().check();
            Set<Digest> copied = ConcurrentHashMap.newKeySet();
            ReferrerList list = read(subject, Optional.empty(), () -> Optional.of(lookup.list(subject)))
                    .orElse(ReferrerList.EMPTY);
            List<String> digests = ReferrerLookup.digests(list, subject);
            if (subject.equals(image.digest()) && !image.source().findsReferrersOnlyByTag()) {
                this.listed = digests;
            }
            Listed listed = new Listed();
            Tasks.forEach(limited(subject, digests, depth), AT_ONCE, digest -> {
                wanted(subject, digest, () -> lookup.referrer(digest, subject)).ifPresent(referrer -> {
                    List<CopyTarget> stored = store(
                            subject,
                            referrer,
                            digest,
                            own -> manifests.copyChild(referrer.descriptor(), own, 0),
                            copied);
                    listed.add(referrer, stored);
                });
            });
            list(subject, listed, list.index());
            for (String tag : limited(subject, lookup.artifactTags(subject), depth)) {
                wanted(subject, tag, () -> lookup.artifact(tag))
                        .ifPresent(artifact ->
                                store(subject, artifact, tag, own -> manifests.copyTagged(artifact, tag, own), copied));
            }
            return copied;
        }

        private List<String> limited(Digest subject, List<String> found, int depth) {
            if (depth > ManifestCopies.DEEPEST && !found.isEmpty()) {
                return tooMany(
                        subject, "referrers of referrers are more than " + ManifestCopies.DEEPEST + " levels deep");
            }
            int granted = take(found.size());
            if (granted < found.size()) {
                List<String> ignored = tooMany(
                        subject,
                        "the manifest has " + (found.size() > MOST ? "more than " + MOST : found.size())
                                + " referrers; at most " + MOST
                                + " referrers of an image are copied");
            }
            return found.subList(0, granted);
        }

        private synchronized int take(int wanted) {
            int granted = Math.min(wanted, left);
            left -= granted;
            return granted;
        }

        private List<String> tooMany(Digest subject, String what) {
            failed(
                    reachable(),
                    Optional.empty(),
                    subject,
                    new CopyException(Side.SOURCE, new ContentException.Unsupported(what)));
            return List.of();
        }

        private Optional<Manifest> wanted(Digest subject, String name, Supplier<Optional<Manifest>> reading) {
            return read(subject, Optional.of(name), () -> reading.get().filter(options.referrers()::include));
        }

        /** Returns empty without a request if no target is left to which it could be copied. */
        private <T> Optional<T> read(Digest subject, Optional<String> referrer, Supplier<Optional<T>> reading) {
            List<CopyTarget> targets = reachable();
            if (targets.size() < group.active().size()) {
                group.active()
                        .forEach(target -> tally(target)
                                .lost()
                                .ifPresent(reason -> failed(List.of(target), referrer, subject, reason)));
            }
            if (targets.isEmpty()) {
                return Optional.empty();
            }
            try {
                return Sided.atSource(reading);
            } catch (CopyException e) {
                failed(targets, referrer, subject, e);
                return Optional.empty();
            }
        }

        /** Returns the targets that have the content now. */
        private List<CopyTarget> store(
                Digest subject, Manifest content, String name, Consumer<Group> copy, Set<Digest> copied) {
            List<CopyTarget> stored = attempt(subject, Optional.of(name), content, reachable(), copy);
            Digest digest = content.descriptor().digest();
            stored.forEach(target -> tally(target).stored(content));
            if (!stored.isEmpty()) {
                copied.addAll(unseen(image.beside(content), Set.of(digest), Optional.of(name), subject));
            }
            return stored;
        }

        private void list(Digest subject, Listed listed, Optional<Manifest> atSource) {
            List<CopyTarget> targets = group.active().stream()
                    .filter(target -> listed.at.containsKey(target.destination()))
                    .toList();
            List<CopyTarget> ignored = attempt(
                    subject,
                    Optional.empty(),
                    image.choice().root(),
                    targets,
                    own -> own.each(target -> Sided.atDestination(() -> target.destination()
                            .listReferrers(subject, listed.sorted(target.destination()), atSource))));
        }

        /** Returns the targets at which the work succeeded; the failures of the others are noted. */
        private List<CopyTarget> attempt(
                Digest subject,
                Optional<String> referrer,
                Manifest content,
                List<CopyTarget> some,
                Consumer<Group> work) {
            Group own = group.beside(content, some, referrer.orElse(subject.value()));
            try {
                own.run(() -> work.accept(own));
            } catch (Group.EndedException e) {
                // The results say why.
            }
            List<CopyResult> results = own.results();
            List<CopyTarget> succeeded = new ArrayList<>();
            for (int i = 0; i < some.size(); i++) {
                CopyTarget target = some.get(i);
                switch (results.get(i)) {
                    case CopyResult.Stored stored -> succeeded.add(target);
                    case CopyResult.Behind behind -> group.leaveBehind(target);
                    case CopyResult.Failed failed -> failed(List.of(target), referrer, subject, failed.reason());
                }
            }
            return succeeded;
        }

        private List<CopyTarget> reachable() {
            return group.active().stream()
                    .filter(target -> tally(target).lost().isEmpty())
                    .toList();
        }

        private void failed(List<CopyTarget> targets, Optional<String> referrer, Digest subject, CopyException e) {
            targets.forEach(target -> tally(target).failed(new CopiedReferrers.Failure(referrer, subject, e)));
        }
    }
}
