package io.github.gcrsync.testkit;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.core.JacksonException;

/** Handles GET, HEAD, PUT and DELETE of a manifest. */
final class ManifestEndpoint {
    /** A digest without content. */
    static final String FOREIGN_DIGEST = "sha256:" + "0123456789abcdef".repeat(4);

    private static final int LARGEST = 4 << 20;

    private final RegistryOptions options;
    private final RegistryStore store;

    ManifestEndpoint(RegistryOptions options, RegistryStore store) {
        this.options = options;
        this.store = store;
    }

    Reply handle(Request request, String repository, String reference) throws IOException {
        return switch (request.method()) {
            case "GET", "HEAD" -> read(request, repository, reference);
            case "PUT" -> put(request, repository, reference);
            case "DELETE" -> delete(repository, reference);
            default -> Reply.error(405, "UNSUPPORTED", request.method() + " of a manifest");
        };
    }

    private Reply read(Request request, String repository, String reference) {
        Optional<StoredRepository.Stored> found =
                store.repository(repository).flatMap(known -> known.manifest(reference));
        if (found.isEmpty()) {
            return unknown(repository, reference);
        }
        StoredRepository.Stored manifest = found.get();
        if (!accepts(request.headers().all("Accept"), manifest.mediaType())) {
            return Reply.error(
                    404, "MANIFEST_UNKNOWN", "%s is a %s, not accepted".formatted(reference, manifest.mediaType()));
        }
        return Reply.of(200)
                .header("Docker-Content-Digest", options.foreignDigestHeader ? FOREIGN_DIGEST : manifest.digest())
                .header("Content-Type", options.manifestType.isEmpty() ? manifest.mediaType() : options.manifestType)
                .body(manifest.content().openAt(0), manifest.content().size());
    }

    private static boolean accepts(List<String> accept, String mediaType) {
        return accept.isEmpty()
                || accept.stream()
                        .flatMap(value -> List.of(value.split(",")).stream())
                        .map(range -> range.split(";", 2)[0].strip().toLowerCase(Locale.ROOT))
                        .anyMatch(range ->
                                range.equals("*/*") || range.equals("application/*") || range.equals(mediaType));
    }

    private static Reply unknown(String repository, String reference) {
        return Reply.error(404, "MANIFEST_UNKNOWN", "no manifest " + reference + " in " + repository);
    }

    private Reply put(Request request, String repository, String reference) throws IOException {
        if (options.requireRepositoryExists && store.repository(repository).isEmpty()) {
            return Reply.error(404, "NAME_UNKNOWN", "the repository " + repository + " does not exist");
        }
        byte[] bytes = request.body().readNBytes(LARGEST + 1);
        if (bytes.length > LARGEST) {
            return Reply.error(413, "SIZE_INVALID", "a manifest of more than 4 MiB");
        }
        Content content = Content.of(bytes);
        boolean byDigest = reference.contains(":");
        if (!byDigest
                && options.tagOverwrite != 201
                && store.repository(repository)
                        .flatMap(known -> known.manifest(reference))
                        .isPresent()) {
            return Reply.error(options.tagOverwrite, options.tagOverwriteCode, options.tagOverwriteMessage);
        }
        if (byDigest && !Digests.matches(reference, content)) {
            return Reply.error(400, "DIGEST_INVALID", "the manifest's digest is " + Digests.of(content));
        }
        String type = request.headers().first("Content-Type").split(";", 2)[0].strip();
        ManifestJson json;
        try {
            json = ManifestJson.parse(bytes);
        } catch (JacksonException e) {
            return Reply.error(400, "MANIFEST_INVALID", "not JSON: " + e.getOriginalMessage());
        }
        if (!json.mediaType().isEmpty() && !json.mediaType().equals(type)) {
            return Reply.error(400, "MANIFEST_INVALID", "sent as %s but says %s".formatted(type, json.mediaType()));
        }
        Optional<String> missing = missing(store.create(repository), json);
        if (missing.isPresent()) {
            return Reply.error(
                    404, "MANIFEST_BLOB_UNKNOWN", "the manifest names " + missing.get() + ", which is not here");
        }
        String digest = byDigest ? reference : Digests.of(content);
        store.putManifest(repository, byDigest ? "" : reference, digest, type, content);
        Reply reply = Reply.of(201)
                .header("Docker-Content-Digest", options.foreignDigestHeader ? FOREIGN_DIGEST : digest)
                .header("Location", options.location("/v2/" + repository + "/manifests/" + digest, request));
        json.subject()
                .filter(ignored -> options.referrersApi)
                .ifPresent(subject -> reply.header("OCI-Subject", subject));
        return reply;
    }

    /** Returns a missing child; a subject may be pushed later (OCI distribution 1.1, "Pushing Manifests"). */
    private Optional<String> missing(StoredRepository repository, ManifestJson json) {
        return json.blobs().stream()
                .map(ManifestJson.Child::digest)
                .filter(digest -> repository.blob(digest).isEmpty())
                .findFirst()
                .or(() -> json.manifests().stream()
                        .filter(ignored -> !options.sparseIndexes)
                        .map(ManifestJson.Child::digest)
                        .filter(digest -> repository.manifest(digest).isEmpty())
                        .findFirst());
    }

    private Reply delete(String repository, String reference) {
        if (!options.deletes) {
            return Reply.error(405, "UNSUPPORTED", "deletion is disabled");
        }
        if (options.tagDeletion != 202 && !reference.contains(":")) {
            return Reply.error(options.tagDeletion, options.tagDeletionCode, reference + " is not a digest");
        }
        boolean deleted = store.repository(repository)
                .filter(known -> known.delete(reference))
                .isPresent();
        return deleted ? Reply.of(202) : unknown(repository, reference);
    }
}
