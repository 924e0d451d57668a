package io.github.gcrsync.registry;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.http.Request;
import io.github.gcrsync.http.Response;
import io.github.gcrsync.http.Unzipped;
import io.github.gcrsync.oci.Descriptor;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Streams a blob across broken connections: resumes a transfer with a Range request at the byte where it stopped, as
 * long as it makes progress. The caller verifies the digest.
 */
final class ResumingDownload extends InputStream {
    /** Consecutive attempts without progress. */
    private static final int ATTEMPTS_WITHOUT_PROGRESS = 3;

    private final RemoteRegistry registry;
    private final Request request;
    private final Descriptor blob;
    private long position;
    private int withoutProgress;
    private boolean supportsRanges = true;
    private @Nullable Response response;
    /** The rest of the response's content. */
    private @Nullable InputStream body;

    ResumingDownload(RemoteRegistry registry, Request request, Descriptor blob, long offset) {
        this.registry = registry;
        this.request = request;
        this.blob = blob;
        this.position = offset;
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) {
        if (position >= blob.size()) {
            return finished();
        }
        while (true) {
            try {
                InputStream content = body();
                int wanted = (int) Math.min(length, blob.size() - position);
                int read = content.read(buffer, offset, wanted);
                if (read < 0) {
                    throw new EOFException("the body ended after " + position + " of " + blob.size() + " bytes");
                }
                position += read;
                withoutProgress = 0;
                return read;
            } catch (IOException e) {
                close();
                if (++withoutProgress >= ATTEMPTS_WITHOUT_PROGRESS) {
                    throw Answers.failure(request, e);
                }
                pause();
            }
        }
    }

    private void pause() {
        try {
            registry.retries().waitBefore(withoutProgress + 1);
        } catch (IOException e) {
            throw Answers.failure(request, e);
        }
    }

    private int finished() {
        Response open = response;
        response = null;
        if (open != null) {
            open.discard(); // The connection can be reused only after the end of the body is read.
        }
        return -1;
    }

    private InputStream body() throws IOException {
        InputStream open = body;
        if (open == null) {
            open = open();
            body = open;
        }
        return open;
    }

    private InputStream open() throws IOException {
        if (position > 0 && supportsRanges) {
            Response part = registry.transport().send(request.with("Range", "bytes=" + position + "-"));
            response = part;
            if (part.status() == 206
                    && !Unzipped.isAnnounced(part.headers())
                    && part.headers().first("Content-Range").orElse("").startsWith("bytes " + position + "-")) {
                return part.body();
            }
            if (part.status() != 206 && part.status() != 416) {
                return fromTheBeginning(part); // A server that ignores Range sends everything.
            }
            // The server sent another range, or refused it (416).
            close();
            supportsRanges = false;
        }
        Response whole = registry.transport().send(request);
        response = whole;
        return fromTheBeginning(whole);
    }

    private InputStream fromTheBeginning(Response opened) throws IOException {
        if (!opened.isSuccess()) {
            throw Answers.refusal(request, opened);
        }
        if (opened.status() != 200) {
            close();
            throw new ContentException.Corrupt(request + " was answered with HTTP " + opened.status());
        }
        InputStream content = opened.body();
        String length = opened.headers().first("Content-Length").orElse("");
        if (!length.equals(Long.toString(blob.size()))) {
            // Some proxies compress although they were asked not to. Some storage declares a layer that is itself
            // compressed as gzip-encoded; such a body has the length of the blob.
            if (Unzipped.isAnnounced(opened.headers())) {
                content = Unzipped.of(content);
            } else if (!length.isEmpty()) {
                close();
                throw new ContentException.Corrupt(
                        request + " has " + length + " bytes instead of the " + blob.size() + " in its manifest");
            }
        }
        content.skipNBytes(position);
        return content;
    }

    @Override
    public void close() {
        Response open = response;
        response = null;
        body = null;
        if (open != null) {
            open.close();
        }
    }
}
