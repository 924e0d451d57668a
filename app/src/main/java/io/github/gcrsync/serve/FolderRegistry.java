package io.github.gcrsync.serve;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Repository;
import io.github.gcrsync.layout.OciLayouts;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.oci.Tag;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Serves a folder of image layouts as a read-only registry: the "pull" and "content discovery" workflows of the OCI
 * distribution specification as far as a mirror needs them, with listings in the format of gcr.io.
 */
public final class FolderRegistry implements AutoCloseable {
    private static final Pattern PATH =
            Pattern.compile("/v2/(?<name>.+)/(?<kind>manifests|blobs|tags)/(?<reference>[^/]+)");
    /** A layout does not record media types of blobs; clients use the one of the descriptor. */
    private static final String UNTYPED = "application/octet-stream";

    private final OciLayouts folder;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicLong requests = new AtomicLong();

    private FolderRegistry(OciLayouts folder, HttpServer server) {
        this.folder = folder;
        this.server = server;
    }

    /** @throws IOException if the server cannot listen on the address */
    public static FolderRegistry start(OciLayouts folder, InetSocketAddress address) throws IOException {
        // Without it, each response waits for the acknowledgement of its headers.
        System.setProperty("sun.net.httpserver.nodelay", "true");
        FolderRegistry registry = new FolderRegistry(folder, HttpServer.create(address, 0));
        registry.server.createContext("/", registry::handle);
        registry.server.setExecutor(registry.threads);
        registry.server.start();
        return registry;
    }

    /** Returns {@code host:port} for clients. */
    public String host() {
        InetSocketAddress address = server.getAddress();
        return address.getAddress().getHostAddress() + ":" + address.getPort();
    }

    /** Returns the number of requests so far. */
    public long requests() {
        return requests.get();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void handle(HttpExchange exchange) throws IOException {
        requests.incrementAndGet();
        try (exchange) {
            Answer answer = new Answer(exchange);
            try {
                answer(exchange, answer);
            } catch (ContentException.NotFound e) {
                answer.error(404, "NAME_UNKNOWN", "not in this folder");
            } catch (ContentException e) {
                answer.error(500, "UNKNOWN", String.valueOf(e.getMessage()));
            }
        }
    }

    private void answer(HttpExchange exchange, Answer answer) throws IOException {
        String path = exchange.getRequestURI().getPath();
        Matcher parts = PATH.matcher(path);
        if (!exchange.getRequestMethod().matches("GET|HEAD")) {
            answer.error(405, "UNSUPPORTED", "this registry is read-only");
        } else if (path.equals("/v2/") || path.equals("/v2")) {
            answer.json("{}");
        } else if (!parts.matches() || !RepositoryName.isValid(parts.group("name"))) {
            answer.error(404, "NAME_UNKNOWN", "not in this folder");
        } else {
            RepositoryName name = new RepositoryName(parts.group("name"));
            String reference = parts.group("reference");
            switch (parts.group("kind")) {
                case "manifests" -> manifest(folder.repository(name), reference, answer);
                case "blobs" -> blob(name, reference, exchange, answer);
                default -> answer.json(FolderListing.json(folder, name));
            }
        }
    }

    private static void manifest(Repository repository, String reference, Answer answer) throws IOException {
        if (!Tag.isValid(reference) && !Digest.isValid(reference)) {
            answer.error(404, "MANIFEST_UNKNOWN", "neither a tag nor a digest");
            return;
        }
        Manifest manifest = repository.manifest(reference);
        Descriptor descriptor = manifest.descriptor();
        answer.header("Docker-Content-Digest", descriptor.digest().value());
        answer.bytes(descriptor.mediaType(), manifest.content().toArray());
    }

    private void blob(RepositoryName name, String reference, HttpExchange exchange, Answer answer) throws IOException {
        OptionalLong size =
                Digest.isValid(reference) ? folder.sizeOf(name, new Digest(reference)) : OptionalLong.empty();
        if (size.isEmpty()) {
            answer.error(404, "BLOB_UNKNOWN", "not in this folder");
            return;
        }
        Descriptor blob = new Descriptor(UNTYPED, new Digest(reference), size.getAsLong());
        answer.header("Docker-Content-Digest", reference);
        try (InputStream content = folder.repository(name).blob(blob).openAt(0)) {
            answer.start(200, UNTYPED, blob.size());
            if (!answer.isHead()) {
                try (OutputStream body = exchange.getResponseBody()) {
                    content.transferTo(body);
                }
            }
        }
    }
}
