package io.github.gcrsync.serve;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.files.DiskErrors;
import io.github.gcrsync.layout.ServedFolder;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.oci.Tag;
import io.github.gcrsync.serve.http.Handler;
import io.github.gcrsync.serve.http.Request;
import io.github.gcrsync.serve.http.Response;
import io.github.gcrsync.text.Json;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The workflows "pull" and "content discovery" of the OCI distribution specification 1.1, over a folder. */
final class PullApi implements Handler {
    private static final Logger LOG = LoggerFactory.getLogger(PullApi.class);
    private static final Pattern PATH =
            Pattern.compile("/v2/(?<name>.+)/(?<kind>manifests|blobs|tags|referrers)/(?<reference>[^/]+)");
    private static final String JSON = "application/json";
    /** A layout does not record media types of blobs; clients use the one of the descriptor. */
    private static final String UNTYPED = "application/octet-stream";

    private final ServedFolder folder;
    private final Catalog catalog;

    PullApi(ServedFolder folder) {
        this.folder = folder;
        this.catalog = new Catalog(folder);
    }

    @Override
    public void answer(Request request, Response response) throws IOException {
        response.header("Docker-Distribution-API-Version", "registry/2.0");
        try {
            if (request.method().equals("GET") || request.isHead()) {
                route(request, response);
            } else {
                response.header("Allow", "GET, HEAD");
                throw new ErrorResponse(405, "UNSUPPORTED", "this registry is read-only");
            }
        } catch (ErrorResponse e) {
            response.send(e.status(), JSON, e.json());
        } catch (ContentException.NotFound e) {
            response.send(404, JSON, new ErrorResponse(404, "NAME_UNKNOWN", "no such repository").json());
        } catch (ContentException e) {
            LOG.warn("{}", e.getMessage());
            response.send(
                    500,
                    JSON,
                    new ErrorResponse(500, "UNKNOWN", "the folder is damaged; see the registry's log").json());
        }
    }

    private void route(Request request, Response response) throws IOException {
        Matcher parts = PATH.matcher(request.path());
        if (request.path().equals("/v2/") || request.path().equals("/v2")) {
            response.send(200, JSON, "{}".getBytes(UTF_8));
        } else if (request.path().equals("/v2/_catalog")) {
            catalog(request, response);
        } else if (!parts.matches()) {
            throw new ErrorResponse(404, "UNSUPPORTED", "this registry has no such path");
        } else if (!RepositoryName.isValid(parts.group("name"))) {
            throw new ErrorResponse(404, "NAME_INVALID", "not a repository name");
        } else {
            RepositoryName name = new RepositoryName(parts.group("name"));
            String reference = parts.group("reference");
            switch (parts.group("kind")) {
                case "manifests" -> manifest(name, reference, request, response);
                case "blobs" -> blob(name, digest(reference), request, response);
                case "referrers" -> referrers(name, digest(reference), request, response);
                default -> tags(name, reference, request, response);
            }
        }
    }

    private static Digest digest(String text) {
        return Digest.parse(text)
                .orElseThrow(() -> new ErrorResponse(400, "DIGEST_INVALID", "not a sha256 or sha512 digest"));
    }

    /** Section "Pulling manifests". */
    private void manifest(RepositoryName name, String reference, Request request, Response response)
            throws IOException {
        if (!Tag.isValid(reference)) {
            var _ = digest(reference);
        }
        Descriptor manifest = folder.manifest(name, reference)
                .orElseThrow(() -> new ErrorResponse(404, "MANIFEST_UNKNOWN", "no such manifest"));
        if (isKnown(manifest.digest(), request, response)) {
            return;
        }
        folder.verify(name, manifest);
        // Slow clients must not keep manifests in memory.
        try (FileChannel content = opened(name, manifest.digest())) {
            response.send(200, manifest.mediaType(), content, 0, manifest.size());
        }
    }

    /** Section "Pulling blobs". */
    private void blob(RepositoryName name, Digest digest, Request request, Response response) throws IOException {
        if (folder.blob(name, digest).isEmpty()) {
            throw unknown(name);
        }
        if (isKnown(digest, request, response)) {
            return;
        }
        response.header("Accept-Ranges", "bytes");
        try (FileChannel content = opened(name, digest)) {
            long size = content.size();
            Optional<ByteRange> range = request.header("Range")
                    .filter(_ -> request.header("If-Range")
                            .map(known -> known.equals(tag(digest)))
                            .orElse(true))
                    .flatMap(header -> ByteRange.parse(header, size));
            range.ifPresent(part -> response.header("Content-Range", part.of(size)));
            if (range.isPresent() && range.get().count() == 0) {
                response.send(416, UNTYPED, new byte[0]);
            } else {
                ByteRange part = range.orElse(new ByteRange(0, size));
                response.send(range.isPresent() ? 206 : 200, UNTYPED, content, part.from(), part.count());
            }
        }
    }

    private FileChannel opened(RepositoryName name, Digest digest) throws IOException {
        Path file = folder.blob(name, digest).orElseThrow(() -> unknown(name));
        try {
            return FileChannel.open(file);
        } catch (NoSuchFileException e) {
            // Deleted in between.
            throw unknown(name);
        } catch (FileSystemException e) {
            LOG.warn("cannot read {}: {}", file, DiskErrors.reason(e));
            throw new ErrorResponse(500, "UNKNOWN", "the file cannot be read; see the registry's log");
        }
    }

    private ErrorResponse unknown(RepositoryName name) {
        return folder.has(name)
                ? new ErrorResponse(404, "BLOB_UNKNOWN", "no such blob")
                : new ErrorResponse(404, "NAME_UNKNOWN", "no such repository");
    }

    /** Sends 304 to a client that has the content (RFC 9110, section 13.1.2). */
    private static boolean isKnown(Digest digest, Request request, Response response) throws IOException {
        response.header("Docker-Content-Digest", digest.value());
        response.header("ETag", tag(digest));
        String known = request.header("If-None-Match").orElse("");
        if (known.contains(tag(digest)) || known.equals("*")) {
            response.send(304);
            return true;
        }
        return false;
    }

    private static String tag(Digest digest) {
        return '"' + digest.value() + '"';
    }

    /** Section "Listing Tags"; a namespace without tags has only children, as at gcr.io. */
    private void tags(RepositoryName name, String reference, Request request, Response response) throws IOException {
        Page page = page(request);
        boolean isRepository = folder.has(name);
        // The first page names all children.
        List<String> children =
                reference.equals("list") && (page.isFirst() || !isRepository) ? folder.children(name) : List.of();
        if (!reference.equals("list") || (children.isEmpty() && !isRepository)) {
            throw new ContentException.NotFound(name + ": no such repository");
        }
        List<String> tags = page.of(isRepository ? folder.tags(name) : List.of(), request.path(), response);
        Map<String, Descriptor> manifests = isRepository ? folder.manifests(name, tags) : Map.of();
        send(FolderListing.tags(name, children, tags, manifests), JSON, response);
    }

    private void catalog(Request request, Response response) throws IOException {
        Page page = page(request);
        List<String> names = page.of(catalog.names(page.isFirst()), request.path(), response);
        send(Json.text(Map.of("repositories", names)), JSON, response);
    }

    private static Page page(Request request) {
        try {
            return Page.of(request);
        } catch (NumberFormatException e) {
            throw new ErrorResponse(400, "PAGINATION_NUMBER_INVALID", "n is not a number");
        }
    }

    /** Section "Listing Referrers". */
    private void referrers(RepositoryName name, Digest subject, Request request, Response response) throws IOException {
        Optional<String> wanted = Optional.ofNullable(request.query().get("artifactType"));
        List<Descriptor> all = folder.referrers(name, subject);
        if (wanted.isPresent()) {
            response.header("OCI-Filters-Applied", "artifactType");
            all = all.stream()
                    .filter(manifest -> manifest.artifactType().equals(wanted))
                    .toList();
        }
        send(FolderListing.referrers(all), FolderListing.INDEX, response);
    }

    private static void send(String json, String mediaType, Response response) throws IOException {
        response.send(200, mediaType, json.getBytes(UTF_8));
    }

    /** A response with an error (OCI distribution specification, "Error Codes"). */
    private static final class ErrorResponse extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final int status;
        private final String code;
        private final String words;

        ErrorResponse(int status, String code, String words) {
            super(words, null, false, false);
            this.status = status;
            this.code = code;
            this.words = words;
        }

        int status() {
            return status;
        }

        byte[] json() {
            Map<String, String> error = new TreeMap<>(Map.of("code", code, "message", words));
            return Json.text(Map.of("errors", List.of(error))).getBytes(UTF_8);
        }
    }
}
