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
 * A blob's bytes as one stream, whatever happens to the connection: a broken transfer goes on with a Range request from
 * the byte where it broke, as long as it makes progress. Its digest is for the reader to check.
 */
final class ResumingDownload extends InputStream {
    /** Attempts in a row that bring not a single byte. */
    private static final int FRUITLESS = 3;

    private final RemoteRegistry registry;
    private final Request request;
    private final Descriptor blob;
    private long position;
    private int fruitless;
    private boolean understandsRanges = true;
    private @Nullable Response response;
    /** What is left of the response's content. */
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
                fruitless = 0;
                return read;
            } catch (IOException e) {
                close();
                if (++fruitless >= FRUITLESS) {
                    throw Answers.failure(request, e);
                }
                pause();
            }
        }
    }

    private void pause() {
        try {
            registry.retries().waitBefore(fruitless + 1);
        } catch (IOException e) {
            throw Answers.failure(request, e);
        }
    }

    private int finished() {
        Response open = response;
        response = null;
        if (open != null) {
            open.discard(); // Its end is still unread, and only after that the connection serves again.
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
        if (position > 0 && understandsRanges) {
            Response part = registry.transport().send(request.with("Range", "bytes=" + position + "-"));
            response = part;
            if (part.status() == 206
                    && !Unzipped.isAnnounced(part.headers())
                    && part.headers().first("Content-Range").orElse("").startsWith("bytes " + position + "-")) {
                return part.body();
            }
            if (part.status() != 206 && part.status() != 416) {
                return fromTheBeginning(part); // A server that ignores Range sends everything again.
            }
            // Another range than the one asked for, or none at all (416).
            close();
            understandsRanges = false;
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
            // Some proxies compress although they were asked not to. A layer that is compressed itself and only said to
            // be encoded so, as some storage does, has the length of the blob.
            if (Unzipped.isAnnounced(opened.headers())) {
                content = Unzipped.of(content);
            } else if (!length.isEmpty()) {
                close();
                throw new ContentException.Corrupt(
                        request + " has " + length + " bytes instead of the " + blob.size() + " its manifest says");
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
