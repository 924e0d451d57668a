package io.github.gcrsync.testkit;

import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The storage service of a registry: another host name and port, signed URLs, and no Authorization accepted. */
final class StorageHost implements AutoCloseable {
    private static final Pattern PATH = Pattern.compile("/storage/(.+)/([^/]+)");

    private final String signature = UUID.randomUUID().toString();
    private final RegistryOptions options;
    private final RegistryStore store;
    private final WireServer server;

    StorageHost(RegistryOptions options, RegistryStore store, Faults faults) {
        this.options = options;
        this.store = store;
        this.server = WireServer.start(options.sockets, new RequestLog(), faults, this::handle);
    }

    RequestLog log() {
        return server.log;
    }

    String locationOf(String repository, String digest) {
        return "%s://localhost:%d/storage/%s/%s?X-Amz-Expires=1200&X-Amz-Signature=%s"
                .formatted(options.scheme, server.port(), repository, digest, signature);
    }

    private Reply handle(Request request) {
        if (request.headers().has("Authorization")) {
            return Reply.text(400, "<Error><Code>InvalidArgument</Code>Only one auth mechanism allowed</Error>");
        }
        Matcher path = PATH.matcher(request.path());
        if (!path.matches() || !request.parameter("X-Amz-Signature").equals(signature)) {
            return Reply.text(403, "AccessDenied");
        }
        return store.repository(path.group(1))
                .flatMap(repository -> repository.blob(path.group(2)))
                .map(blob -> BlobEndpoint.read(request, blob, path.group(2), options.ranges))
                .orElseGet(() -> Reply.text(404, "NoSuchKey"));
    }

    @Override
    public void close() {
        server.close();
    }
}
