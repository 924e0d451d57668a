package io.github.gcrsync.registry;

import io.github.gcrsync.auth.Scopes;
import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.ListedReferrers;
import io.github.gcrsync.content.ReferrerList;
import io.github.gcrsync.http.Request;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.DigestTags;
import io.github.gcrsync.oci.InvalidManifestException;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.oci.MediaType;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.registry.hosted.BoundedInput;
import io.github.gcrsync.tasks.Turns;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;

/** Lists the referrers of a manifest through the referrers API, or else the referrers tag ("Referrers Tag Schema"). */
final class Referrers {
    /** The most bytes of all pages together: 8 KB for each referrer that is used. */
    private static final long LARGEST = 8L << 20;

    private final RemoteRegistry registry;
    private final RemoteRepository repository;
    private final RepositoryName name;

    Referrers(RemoteRegistry registry, RemoteRepository repository, RepositoryName name) {
        this.registry = registry;
        this.repository = repository;
        this.name = name;
    }

    /** What this run knows about the API of one registry. */
    static final class Support {
        private enum State {
            UNKNOWN,
            PRESENT,
            ABSENT
        }

        private final Turns<State> turns = new Turns<>();
        private volatile State state;

        Support(Quirks quirks) {
            state = quirks.has(Quirks.Trait.NO_REFERRERS_API) ? State.ABSENT : State.UNKNOWN;
        }

        boolean isAbsent() {
            return state == State.ABSENT;
        }

        private void answered(State now) {
            // Once seen, the API exists: a single repository behind a proxy may lack it.
            state = state == State.PRESENT ? state : now;
        }

        /** Returns after an unknown state was asked for, by this thread or another one. */
        private void awaitFirst(Runnable ask) {
            if (state != State.UNKNOWN) {
                ask.run();
                return;
            }
            try {
                if (!turns.runOrAwait(State.UNKNOWN, ask)) {
                    ask.run();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new ContentException.Unreachable("interrupted while referrers were listed", e);
            }
        }
    }

    /** @param mayExist whether the repository may have a tag; the referrers tag is not requested without need */
    ReferrerList of(Digest subject, Predicate<String> mayExist) {
        AtomicReference<ReferrerList> list = new AtomicReference<>(ReferrerList.EMPTY);
        registry.referrers().awaitFirst(() -> list.set(asked(subject, mayExist)));
        return list.get();
    }

    private ReferrerList asked(Digest subject, Predicate<String> mayExist) {
        if (registry.referrers().isAbsent()) {
            return byTag(subject, mayExist);
        }
        Request request = Request.get(registry.uri("/v2/" + name + "/referrers/" + subject))
                .withScopes(List.of(Scopes.pull(name)))
                .with("Accept", MediaType.OCI_INDEX);
        try {
            ListedReferrers list = new ListedReferrers(ReferrerList.KEPT);
            long[] room = {LARGEST};
            boolean ignored = new Pages<>(registry, request, in -> read(request, in, list, room))
                    .stream().anyMatch(isFull -> isFull);
            registry.referrers().answered(Support.State.PRESENT);
            return new ReferrerList(list.found(), Optional.empty());
        } catch (ContentException.NotFound | ContentException.Unsupported e) {
            // The specification says 404; registries without the API also answer 400, 405 or 406. Some registries with
            // the API answer 404 for a missing repository, which says nothing about others.
            if (!String.valueOf(e.getMessage()).contains("NAME_UNKNOWN")) {
                registry.referrers().answered(Support.State.ABSENT);
            }
            return byTag(subject, mayExist);
        } catch (InvalidManifestException e) {
            throw new ContentException.Corrupt("the answer to " + request + " is not an index: " + e.getMessage(), e);
        }
    }

    private static boolean read(Request request, InputStream in, ListedReferrers list, long[] room) {
        BoundedInput page = new BoundedInput(in, RemoteRepository.LARGEST_MANIFEST);
        boolean isFull = list.read(page);
        room[0] -= page.count();
        if (room[0] < 0 && !isFull) {
            throw new ContentException.Corrupt(
                    "the pages of " + request + " are together larger than " + LARGEST + " bytes");
        }
        return isFull;
    }

    private ReferrerList byTag(Digest subject, Predicate<String> mayExist) {
        String tag = DigestTags.ofReferrers(subject);
        return mayExist.test(tag)
                ? index(subject, tag)
                        .map(index -> new ReferrerList(index.children(), Optional.of(index)))
                        .orElse(ReferrerList.EMPTY)
                : ReferrerList.EMPTY;
    }

    /** Reads the list under the tag; empty if there is none. */
    Optional<Manifest.Index> index(Digest subject, String tag) {
        Manifest list;
        try {
            list = repository.manifest(tag);
        } catch (ContentException.NotFound e) {
            return Optional.empty();
        }
        if (list.descriptor().digest().equals(subject)) {
            return Optional.empty(); // GitLab reads such a tag as the digest itself:
            // github.com/oras-project/oras-go/issues/1396.
        }
        if (list instanceof Manifest.Index index) {
            return Optional.of(index);
        }
        throw new ContentException.Corrupt(
                registry.host() + " holds something that is not an index under " + name + ":" + tag);
    }
}
