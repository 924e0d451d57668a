package io.github.gcrsync.registry;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.TagLookup;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.DescriptorJson;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.DigestTags;
import io.github.gcrsync.oci.IndexText;
import io.github.gcrsync.oci.InvalidManifestException;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.oci.MediaType;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.tasks.Turns;
import io.github.gcrsync.text.Json;
import io.github.gcrsync.text.Message;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Keeps the lists of referrers of one repository under tags, where the registry does not read the subjects of manifests
 * (distribution specification, "Pushing Manifests with Subject"). Registries cannot replace a tag conditionally, so the
 * list is read again after it is written: another client may have overwritten it.
 */
final class FallbackIndex {
    private static final int ATTEMPTS = 5;

    /** Gives each list to one thread of the process at a time. */
    private static final Turns<String> WRITERS = new Turns<>();

    private final RemoteRegistry registry;
    private final RemoteRepository repository;
    private final Referrers referrers;
    private final RepositoryName name;
    /** Whether the repository's answers to manifests with a subject named the subject; one that did not decides. */
    private volatile Optional<Boolean> readsSubjects = Optional.empty();

    FallbackIndex(RemoteRegistry registry, RemoteRepository repository, Referrers referrers, RepositoryName name) {
        this.registry = registry;
        this.repository = repository;
        this.referrers = referrers;
        this.name = name;
    }

    /** A manifest with a subject was stored. */
    void stored(boolean answerNamesSubject) {
        readsSubjects = Optional.of(answerNamesSubject && readsSubjects.orElse(true));
        registry.setReadsSubjects(answerNamesSubject);
    }

    /** @param added manifests in the repository, at least one */
    void list(Digest subject, List<Descriptor> added, Optional<Manifest> atSource) {
        if (readsSubjects(added.getFirst())) {
            return;
        }
        String tag = DigestTags.ofReferrers(subject);
        String writer = registry.authority() + "/" + name + ":" + tag;
        try {
            while (!WRITERS.runOrAwait(writer, () -> update(subject, tag, added, atSource))) {
                // Another thread changed the list.
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ContentException.Unreachable("interrupted while " + writer + " was written", e);
        }
    }

    /** Only the answer to a manifest says it, so one that existed before this run is stored again. */
    private boolean readsSubjects(Descriptor referrer) {
        return readsSubjects.or(registry::readsSubjects).orElseGet(() -> {
            String digest = referrer.digest().value();
            repository.putManifest(digest, repository.manifest(digest));
            return readsSubjects.orElse(false);
        });
    }

    private void update(Digest subject, String tag, List<Descriptor> added, Optional<Manifest> atSource) {
        Optional<Manifest.Index> list = read(subject, tag);
        for (int attempt = 1; !missing(list, added).isEmpty(); attempt++) {
            if (attempt > ATTEMPTS) {
                throw new ContentException.Unsupported(Message.of(
                        registry.host() + " does not keep the list of referrers " + name + ":" + tag
                                + ", or another client keeps replacing it",
                        "check that no other tool writes to this repository at the same time"));
            }
            if (attempt > 1) {
                waitBefore(attempt);
            }
            write(tag, list.map(index -> merged(index, added)).orElseGet(() -> first(added, atSource)));
            list = read(subject, tag);
        }
    }

    private Optional<Manifest.Index> read(Digest subject, String tag) {
        try {
            return referrers.index(subject, tag);
        } catch (ContentException.Denied e) {
            TagLookup.requireMissing(repository, tag, e);
            return Optional.empty();
        }
    }

    private void waitBefore(int attempt) {
        try {
            registry.retries().waitBefore(attempt);
        } catch (IOException e) {
            throw new ContentException.Unreachable("interrupted while a list of referrers was written", e);
        }
    }

    private static List<Descriptor> missing(Optional<Manifest.Index> list, List<Descriptor> added) {
        Set<Digest> listed = list.map(FallbackIndex::digests).orElse(Set.of());
        return added.stream()
                .filter(referrer -> !listed.contains(referrer.digest()))
                .toList();
    }

    private static Set<Digest> digests(Manifest index) {
        return index.children().stream().map(Descriptor::digest).collect(Collectors.toSet());
    }

    /** The source's list is as good if it names the same manifests, and keeps its digest. */
    private static Manifest.Index first(List<Descriptor> added, Optional<Manifest> atSource) {
        Set<Digest> wanted = added.stream().map(Descriptor::digest).collect(Collectors.toSet());
        return atSource.filter(Manifest.Index.class::isInstance)
                .map(Manifest.Index.class::cast)
                .filter(index -> digests(index).equals(wanted))
                .orElseGet(() -> index(added));
    }

    private static Manifest.Index merged(Manifest.Index list, List<Descriptor> added) {
        List<Descriptor> missing = missing(Optional.of(list), added);
        try {
            return IndexText.withMore(list, missing);
        } catch (InvalidManifestException e) {
            List<Descriptor> all = new ArrayList<>(list.manifests());
            all.addAll(missing);
            return index(all);
        }
    }

    private static Manifest.Index index(List<Descriptor> referrers) {
        byte[] text = Json.written(json -> {
                    json.writeStartObject();
                    json.writeNumberProperty("schemaVersion", 2);
                    json.writeStringProperty("mediaType", MediaType.OCI_INDEX);
                    json.writeArrayPropertyStart("manifests");
                    referrers.forEach(referrer -> DescriptorJson.write(json, referrer));
                    json.writeEndArray();
                    json.writeEndObject();
                })
                .getBytes(StandardCharsets.UTF_8);
        return (Manifest.Index) Manifest.parse(MediaType.OCI_INDEX, Digest.sha256(text), text);
    }

    /** An old list may name manifests that are gone, with which some registries (distribution) refuse it. */
    private void write(String tag, Manifest.Index list) {
        try {
            repository.putManifest(tag, list);
        } catch (ContentException.Incomplete e) {
            List<Optional<Descriptor>> existing = list.manifests().stream()
                    .map(entry -> repository.resolve(entry.digest().value()).map(found -> entry))
                    .toList();
            if (existing.stream().allMatch(Optional::isPresent)) {
                throw e;
            }
            repository.putManifest(tag, IndexText.with(list, existing));
        }
    }
}
