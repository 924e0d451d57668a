package io.github.gcrsync.testkit;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Handles blob uploads: POST (mount, single POST, or session), PATCH, PUT, GET of the state, DELETE. */
final class UploadEndpoint {
    private final RegistryOptions options;
    private final RegistryStore store;

    UploadEndpoint(RegistryOptions options, RegistryStore store) {
        this.options = options;
        this.store = store;
    }

    Reply handle(Request request, String repository, String id) throws IOException {
        if (id.isEmpty()) {
            return request.method().equals("POST")
                    ? begin(request, repository)
                    : Reply.error(405, "UNSUPPORTED", request.method() + " of uploads");
        }
        Optional<RegistryStore.Upload> found = store.upload(repository, id);
        if (found.isEmpty()) {
            return Reply.error(404, "BLOB_UPLOAD_UNKNOWN", "no upload " + id);
        }
        RegistryStore.Upload upload = found.get();
        synchronized (upload) {
            boolean adds = request.method().startsWith("P");
            if (adds
                    && options.locationWithQuery
                    && !request.parameter("_state").equals(state(upload))) {
                return Reply.error(400, "BLOB_UPLOAD_INVALID", "_state is missing or not that of the last answer");
            }
            return switch (request.method()) {
                case "PATCH" -> patch(request, upload);
                case "PUT" -> put(request, upload);
                case "GET" -> progress(204, request, upload);
                case "DELETE" -> {
                    store.endUpload(upload);
                    yield Reply.of(204);
                }
                default -> Reply.error(405, "UNSUPPORTED", request.method() + " of an upload");
            };
        }
    }

    private Reply begin(Request request, String repository) throws IOException {
        if (options.requireRepositoryExists && store.repository(repository).isEmpty()) {
            return Reply.error(404, "NAME_UNKNOWN", "the repository " + repository + " does not exist");
        }
        String mount = request.parameter("mount");
        Optional<Content> mountable = mountable(mount, request.parameter("from"));
        if (mountable.isPresent()) {
            return commit(request, repository, mount, mountable.get());
        }
        RegistryStore.Upload upload = store.startUpload(repository);
        return request.has("digest") ? put(request, upload) : progress(202, request, upload);
    }

    private Optional<Content> mountable(String digest, String from) {
        return store.repository(from)
                .filter(ignored -> options.mounts)
                .filter(source -> !options.mountNeedsManifest || source.namesBlob(digest))
                .flatMap(source -> source.blob(digest));
    }

    private Reply patch(Request request, RegistryStore.Upload upload) throws IOException {
        if (!options.patchAllowed) {
            return Reply.error(405, "UNSUPPORTED", "PATCH is not allowed here");
        }
        if (request.body().announced() > options.maxPatchSize) {
            return Reply.error(413, "SIZE_INVALID", "more than %d bytes in one PATCH".formatted(options.maxPatchSize));
        }
        long before = upload.spool.size();
        String range = request.headers().first("Content-Range").replace("bytes ", "");
        if (!range.isEmpty() && !range.startsWith(before + "-")) {
            return progress(416, request, upload);
        }
        if (upload.shortChunk) {
            return Reply.error(
                    416, "SIZE_INVALID", "a chunk before this one was shorter than " + options.chunkMinLength);
        }
        append(request, upload, Long.MAX_VALUE);
        upload.shortChunk = upload.spool.size() - before < options.chunkMinLength;
        return progress(202, request, upload);
    }

    private Reply put(Request request, RegistryStore.Upload upload) throws IOException {
        String digest = request.parameter("digest");
        if (!Digests.wellFormed(digest)) {
            return Reply.error(400, "DIGEST_INVALID", "no digest: " + digest);
        }
        if (request.body().announced() > options.maxPutSize) {
            return tooLarge();
        }
        if (options.bytesInPut != 201 && request.body().announced() > 0) {
            store.endUpload(upload);
            return Reply.error(options.bytesInPut, options.bytesInPutCode, "not in a PUT");
        }
        if (!append(request, upload, options.maxPutSize)) {
            store.endUpload(upload);
            return tooLarge();
        }
        Content content = upload.spool.content();
        store.endUpload(upload);
        if (!Digests.matches(digest, content)) {
            return Reply.error(400, "DIGEST_INVALID", "the %d bytes are not %s".formatted(content.size(), digest));
        }
        return commit(request, upload.repository, digest, content);
    }

    private Reply tooLarge() {
        return Reply.error(413, "SIZE_INVALID", "more than %d bytes in one PUT".formatted(options.maxPutSize));
    }

    /** Returns false as soon as the body exceeds the limit. */
    private static boolean append(Request request, RegistryStore.Upload upload, long most) throws IOException {
        byte[] buffer = new byte[64 << 10];
        long total = 0;
        for (int n = request.body().read(buffer); n >= 0; n = request.body().read(buffer)) {
            total += n;
            if (total > most) {
                return false;
            }
            upload.spool.append(buffer, n);
        }
        return true;
    }

    private Reply commit(Request request, String repository, String digest, Content content) {
        store.create(repository).putBlob(digest, content);
        return Reply.of(201)
                .header("Location", options.location("/v2/" + repository + "/blobs/" + digest, request))
                .header(
                        "Docker-Content-Digest",
                        options.foreignDigestHeader ? ManifestEndpoint.FOREIGN_DIGEST : digest);
    }

    private Reply progress(int status, Request request, RegistryStore.Upload upload) {
        String path = "/v2/%s/blobs/uploads/%s".formatted(upload.repository, upload.id);
        String query =
                options.locationWithQuery ? "?_state=" + URLEncoder.encode(state(upload), StandardCharsets.UTF_8) : "";
        Reply reply = Reply.of(status)
                .header("Location", options.location(path + query, request))
                .header("Range", "0-" + Math.max(0, upload.spool.size() - 1))
                .header("Docker-Upload-UUID", upload.id);
        if (options.chunkMinLength > 0) {
            reply.header("OCI-Chunk-Min-Length", Long.toString(options.chunkMinLength));
        }
        return reply;
    }

    private static String state(RegistryStore.Upload upload) {
        return Integer.toHexString((upload.id + upload.spool.size()).hashCode()) + "=";
    }
}
