package io.github.gcrsync.testkit;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Handles GET, HEAD and DELETE of a blob. */
final class BlobEndpoint {
    private static final Pattern RANGE = Pattern.compile("bytes=(\\d*)-(\\d*)");

    private final RegistryOptions options;
    private final RegistryStore store;
    private final StorageHost storage;

    BlobEndpoint(RegistryOptions options, RegistryStore store, StorageHost storage) {
        this.options = options;
        this.store = store;
        this.storage = storage;
    }

    Reply handle(Request request, String repository, String digest) {
        Optional<Content> blob = store.repository(repository).flatMap(found -> found.blob(digest));
        if (blob.isEmpty()) {
            return Reply.error(404, "BLOB_UNKNOWN", "no blob " + digest + " in " + repository);
        }
        return switch (request.method()) {
            case "GET" ->
                options.redirectBlobs
                        ? Reply.of(307).header("Location", storage.locationOf(repository, digest))
                        : read(request, blob.get(), digest, options.ranges)
                                .header("Docker-Content-Digest", shown(digest));
            case "HEAD" -> whole(blob.get(), digest).header("Docker-Content-Digest", shown(digest));
            case "DELETE" -> {
                store.create(repository).deleteBlob(digest);
                yield Reply.of(202);
            }
            default -> Reply.error(405, "UNSUPPORTED", request.method() + " of a blob");
        };
    }

    private String shown(String digest) {
        return options.foreignDigestHeader ? ManifestEndpoint.FOREIGN_DIGEST : digest;
    }

    private static Reply whole(Content blob, String digest) {
        return Reply.of(200)
                .header("Content-Type", "application/octet-stream")
                .header("Accept-Ranges", "bytes")
                .header("ETag", '"' + digest + '"')
                .body(blob.openAt(0), blob.size());
    }

    /** Returns the blob, or a single range of it (RFC 9110 section 14). */
    static Reply read(Request request, Content blob, String digest, boolean ranges) {
        Matcher range = RANGE.matcher(request.headers().first("Range"));
        if (!ranges || !range.matches() || range.group().equals("bytes=-")) {
            return whole(blob, digest);
        }
        long size = blob.size();
        boolean suffix = range.group(1).isEmpty();
        long from = suffix ? Math.max(0, size - Long.parseLong(range.group(2))) : Long.parseLong(range.group(1));
        long to = suffix || range.group(2).isEmpty() ? size - 1 : Math.min(size - 1, Long.parseLong(range.group(2)));
        if (from > to) {
            return Reply.error(416, "RANGE_INVALID", "%d is beyond the %d bytes of the blob".formatted(from, size))
                    .header("Content-Range", "bytes */" + size);
        }
        return Reply.of(206)
                .header("Content-Type", "application/octet-stream")
                .header("Content-Range", "bytes %d-%d/%d".formatted(from, to, size))
                .header("ETag", '"' + digest + '"')
                .body(blob.openAt(from), to - from + 1);
    }
}
