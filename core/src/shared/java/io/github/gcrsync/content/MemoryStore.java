package io.github.gcrsync.content;

import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.oci.RepositoryName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** A store in memory that logs requests and fails on demand. */
public final class MemoryStore implements Store {
    private final NavigableMap<String, Watched> repositories = new ConcurrentSkipListMap<>();
    private final Queue<Request> requests = new ConcurrentLinkedQueue<>();
    private final List<Consumer<Request>> hooks = new CopyOnWriteArrayList<>();
    private final Map<String, Instant> pushed = new ConcurrentHashMap<>();
    private volatile boolean answers = true;
    private volatile boolean listsDigests = true;
    private volatile boolean deletesTags = true;
    private volatile Optional<TagDetails.Way> webApi = Optional.empty();

    public enum Method {
        RESOLVE,
        MANIFEST,
        BLOB,
        TAGS,
        DETAILS,
        REFERRERS,
        ENSURE_BLOB,
        PUT_MANIFEST,
        HAS_BLOB,
        DELETE_TAG,
        DELETE_MANIFEST,
        DISTRUST
    }

    /** @param what tag or digest; empty for a list */
    public record Request(Method method, String repository, String what) {}

    /** Pushes a small image and returns its digest, which depends only on the content. */
    public Digest put(String repository, String tag, String content) {
        Manifest image = push(repository, content);
        at(repository).content.putManifest(tag, image);
        return image.descriptor().digest();
    }

    /** Returns the digest of an image with this content. */
    public static Digest digest(String content) {
        return image(content).descriptor().digest();
    }

    private Manifest push(String repository, String content) {
        MemoryRepository blobs = at(repository).content;
        for (byte[] blob : List.of(config(content), layer(content))) {
            blobs.ensureBlob(TestImages.blob(blob), TestImages.content(blob));
        }
        return image(content);
    }

    private static Manifest image(String content) {
        return TestImages.image(
                Descriptor.of(TestImages.CONFIG, config(content)), List.of(TestImages.blob(layer(content))));
    }

    private static byte[] config(String content) {
        return TestImages.utf8("{\"architecture\":\"amd64\",\"os\":\"linux\",\"author\":\"" + content + "\"}");
    }

    private static byte[] layer(String content) {
        return TestImages.utf8("layer of " + content);
    }

    /** Calls the action before each request; an exception that it throws becomes the answer. */
    public void before(Consumer<Request> hook) {
        hooks.add(hook);
    }

    /** Makes every such request fail. */
    public void fail(Method method, String repository, Supplier<? extends RuntimeException> reason) {
        before(request -> {
            if (request.method() == method && request.repository().equals(repository)) {
                throw reason.get();
            }
        });
    }

    /** From now on, lists have neither digests nor dates; one request for details of a repository gives both. */
    public void detailsBy(TagDetails.Way way) {
        listsDigests = false;
        webApi = Optional.of(way);
    }

    /** From now on, lists have neither digests nor dates, and there are no details. */
    public void listOnlyNames() {
        listsDigests = false;
    }

    public void pushedAt(String repository, String tag, Instant date) {
        pushed.put(repository + ":" + tag, date);
    }

    /** From now on, deletes manifests, but no tags. */
    public void keepTags() {
        deletesTags = false;
    }

    /** Loses a blob, like a registry with a damaged disk. */
    public void lose(String repository, Digest blob) {
        at(repository).content.lose(blob);
    }

    public void stopAnswering() {
        answers = false;
    }

    /** Returns the requests of this kind, in order, each as {@code repository what}. */
    public List<String> requests(Method method) {
        return requests.stream()
                .filter(request -> request.method() == method)
                .map(request -> (request.repository() + " " + request.what()).strip())
                .toList();
    }

    @Override
    public Repository repository(RepositoryName name) {
        return at(name.value());
    }

    private Watched at(String name) {
        return repositories.computeIfAbsent(name, _ -> new Watched(name, new MemoryRepository()));
    }

    /** Includes digests and dates, like the listing of gcr.io, unless configured otherwise. */
    @Override
    public Listing list(Predicate<RepositoryName> wanted) {
        List<Listing.ListedRepository> all =
                repositories.values().stream().map(Watched::listed).toList();
        return new Listing(
                all.stream().filter(each -> wanted.test(each.name())).toList(),
                List.of(),
                List.of(),
                all.stream()
                        .map(Listing.ListedRepository::name)
                        .filter(wanted.negate())
                        .toList());
    }

    @Override
    public Listing list(Collection<RepositoryName> names) {
        List<Listing.ListedRepository> found = new ArrayList<>();
        List<Listing.Failure> failures = new ArrayList<>();
        for (RepositoryName name : names) {
            Watched repository = repositories.get(name.value());
            if (repository == null) {
                failures.add(new Listing.Failure(name, new ContentException.NotFound("no repository " + name)));
            } else {
                repository.requested(Method.TAGS, "");
                found.add(repository.listed());
            }
        }
        return new Listing(found, List.of(), failures);
    }

    @Override
    public Optional<Listing> below() {
        return Optional.of(list());
    }

    @Override
    public TagDetails details(RepositoryName repository, Collection<String> tags, boolean datesNeeded) {
        return TagLookup.resolved(repository(repository), listedDetails(repository, tags, datesNeeded), List::forEach);
    }

    @Override
    public TagDetails listedDetails(RepositoryName repository, Collection<String> tags, boolean datesNeeded) {
        if (webApi.isEmpty() || tags.isEmpty() || (tags.size() == 1 && !datesNeeded)) {
            return TagLookup.unknown(TagDetails.Way.HEAD, tags);
        }
        Map<String, Listing.ListedTag> known = new HashMap<>(details(repository).tags());
        known.keySet().retainAll(Set.copyOf(tags));
        return TagDetails.of(webApi.get(), known);
    }

    @Override
    public TagDetails details(RepositoryName repository) {
        Watched of = at(repository.value());
        of.requested(webApi.isPresent() ? Method.DETAILS : Method.TAGS, "");
        boolean hasDigests = listsDigests || webApi.isPresent();
        Map<String, Listing.ListedTag> tags = new HashMap<>();
        of.tags(hasDigests).forEach(tag -> tags.put(tag.tag(), tag));
        return TagDetails.of(webApi.orElse(hasDigests ? TagDetails.Way.TAG_LIST : TagDetails.Way.HEAD), tags);
    }

    @Override
    public boolean listsDigests() {
        return webApi.isPresent();
    }

    @Override
    public boolean isLocal() {
        return false;
    }

    @Override
    public boolean answers() {
        return answers;
    }

    private final class Watched implements Repository {
        private final String name;
        private final MemoryRepository content;

        Watched(String name, MemoryRepository content) {
            this.name = name;
            this.content = content;
        }

        Listing.ListedRepository listed() {
            return new Listing.ListedRepository(new RepositoryName(name), tags(listsDigests));
        }

        List<Listing.ListedTag> tags(boolean withDigests) {
            return content.tags()
                    .map(tag -> withDigests
                            ? new Listing.ListedTag(
                                    tag,
                                    content.resolve(tag).map(Descriptor::digest),
                                    Optional.ofNullable(pushed.get(name + ":" + tag)))
                            : new Listing.ListedTag(tag, Optional.empty()))
                    .toList();
        }

        private void requested(Method method, String what) {
            Request request = new Request(method, name, what);
            requests.add(request);
            hooks.forEach(hook -> hook.accept(request));
        }

        @Override
        public Optional<Descriptor> resolve(String tagOrDigest) {
            requested(Method.RESOLVE, tagOrDigest);
            return content.resolve(tagOrDigest);
        }

        @Override
        public Manifest manifest(String tagOrDigest) {
            requested(Method.MANIFEST, tagOrDigest);
            return content.manifest(tagOrDigest);
        }

        @Override
        public BlobContent blob(Descriptor blob) {
            BlobContent found = content.blob(blob);
            return offset -> {
                requested(Method.BLOB, blob.digest().value());
                return found.openAt(offset);
            };
        }

        @Override
        public Stream<String> tags() {
            requested(Method.TAGS, "");
            return content.tags();
        }

        @Override
        public List<Descriptor> referrers(Digest subject) {
            requested(Method.REFERRERS, subject.value());
            return content.referrers(subject);
        }

        @Override
        public BlobArrival ensureBlob(Descriptor blob, BlobContent bytes) {
            requested(Method.ENSURE_BLOB, blob.digest().value());
            return content.ensureBlob(blob, bytes);
        }

        @Override
        public void putManifest(String tagOrDigest, Manifest manifest) {
            requested(Method.PUT_MANIFEST, tagOrDigest);
            content.putManifest(tagOrDigest, manifest);
        }

        @Override
        public boolean hasBlob(Descriptor blob) {
            requested(Method.HAS_BLOB, blob.digest().value());
            return content.hasBlob(blob);
        }

        @Override
        public boolean deleteTag(String tag) {
            requested(Method.DELETE_TAG, tag);
            return deletesTags && content.deleteTag(tag);
        }

        @Override
        public boolean deleteManifest(Digest manifest) {
            requested(Method.DELETE_MANIFEST, manifest.value());
            return content.deleteManifest(manifest);
        }

        @Override
        public void distrust(Digest blob) {
            requested(Method.DISTRUST, blob.value());
            content.distrust(blob);
        }
    }
}
