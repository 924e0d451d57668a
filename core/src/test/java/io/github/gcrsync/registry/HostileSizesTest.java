package io.github.gcrsync.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gcrsync.auth.AuthenticatingTransport;
import io.github.gcrsync.auth.AuthenticationException;
import io.github.gcrsync.auth.Credentials;
import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.ReferrerList;
import io.github.gcrsync.http.Addresses;
import io.github.gcrsync.http.FakeTransport;
import io.github.gcrsync.http.Headers;
import io.github.gcrsync.http.Request;
import io.github.gcrsync.http.Response;
import io.github.gcrsync.http.Transport;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sends endless answers wherever something is read: each must fail with little read and stored. */
@Timeout(60)
final class HostileSizesTest {
    private static final RepositoryName NAME = new RepositoryName("ns");
    private static final Digest SUBJECT = Digest.sha256(new byte[0]);

    private static RemoteRegistry registry(Transport transport) {
        return new RemoteRegistry("r.example", false, Registries.access(transport));
    }

    @Test
    void refusesEndlessBodies() {
        RemoteRegistry tags = registry(request -> endless(200, "{\"tags\":[\"1\"]"));
        assertThatThrownBy(() -> tags.repository(NAME).tags().count())
                .isInstanceOf(ContentException.Corrupt.class)
                .hasMessageContaining("larger than");

        RemoteRegistry manifest = registry(request -> endless(200, "{\"config\":"));
        assertThatThrownBy(() -> manifest.repository(NAME).manifest("1"))
                .isInstanceOf(ContentException.Unsupported.class)
                .hasMessageContaining("larger than the 4194304 bytes");

        RemoteRegistry referrers = registry(request -> endless(200, "{\"manifests\":[]"));
        assertThatThrownBy(() -> referrers.repository(NAME).referrers(SUBJECT))
                .isInstanceOf(ContentException.Corrupt.class)
                .hasMessageContaining("larger than the 4194304 bytes");

        RemoteRegistry refusal = registry(request -> endless(403, "{\"errors\":["));
        assertThatThrownBy(() -> refusal.repository(NAME).manifest("1"))
                .isInstanceOf(ContentException.Denied.class)
                .hasMessageContaining("HTTP 403");
    }

    @Test
    void refusesEndlessToken() {
        Transport asking = new FakeTransport(request ->
                FakeTransport.answer(401, "", "WWW-Authenticate", "Bearer realm=\"https://tokens.example/\""));
        try (AuthenticatingTransport transport = new AuthenticatingTransport(
                asking,
                request -> endless(200, "{\"token\":\"t\""),
                Credentials.NONE,
                InstantSource.system(),
                Addresses::isLoopback)) {
            assertThatThrownBy(() -> transport.send(Request.get(URI.create("https://r.example/v2/"))))
                    .isInstanceOf(AuthenticationException.class)
                    .hasMessageContaining("sent no token");
        }
    }

    @Test
    void refusesEndlessChallenge() {
        Transport asking = request -> endless(401, "{\"errors\":[");
        assertThatThrownBy(() -> registry(asking).repository(NAME).manifest("1"))
                .isInstanceOf(ContentException.Denied.class);
    }

    @Test
    void refusesEndlessPagesOfReferrers() {
        AtomicInteger pages = new AtomicInteger();
        String page = "{\"manifests\":[],\"annotations\":{\"a\":\"" + "x".repeat(1 << 20) + "\"}}";
        RemoteRegistry registry = registry(request ->
                FakeTransport.answer(200, page, "Link", "<?page=" + pages.incrementAndGet() + ">; rel=\"next\""));

        assertThatThrownBy(() -> registry.repository(NAME).referrers(SUBJECT))
                .isInstanceOf(ContentException.Corrupt.class)
                .hasMessageContaining("together larger than");
        assertThat(pages.get()).isLessThan(10);
    }

    /** An entry of 200 bytes for each of 600,000 referrers, in one page or in pages of 100. */
    @ParameterizedTest
    @ValueSource(ints = {600_000, 100})
    void readsOnlyReferrersThatAreUsed(int perPage) {
        AtomicInteger entries = new AtomicInteger();
        RemoteRegistry registry = registry(request -> FakeTransport.answer(
                200,
                Headers.NONE.with("Link", "<?page=" + entries.get() + ">; rel=\"next\""),
                new Page(entries, perPage)));

        List<Descriptor> found = registry.repository(NAME).referrers(SUBJECT);

        assertThat(found).hasSize(ReferrerList.KEPT);
        assertThat(entries.get()).as("with the short rest that is discarded").isLessThan(1600);
    }

    @Test
    void keepsLittleTextOfReferrers() {
        String annotations =
                IntStream.range(0, 200).mapToObj(i -> "\"a" + i + "\":\"\"").collect(Collectors.joining(","));
        String page = IntStream.range(0, 900)
                .mapToObj(i -> entry(i, annotations))
                .collect(Collectors.joining(",", "{\"manifests\":[", "]}"));
        RemoteRegistry registry = registry(request -> FakeTransport.answer(200, page));

        List<Descriptor> found = registry.repository(NAME).referrers(SUBJECT);

        assertThat(found).hasSize(900);
        assertThat(found.getFirst().annotations()).hasSize(200);
        assertThat(found.stream().mapToInt(entry -> entry.annotations().size()).sum())
                .isLessThan(10_000);
        assertThat(found.getLast().artifactType()).contains("application/vnd.example");
    }

    private static final class Page extends InputStream {
        private final AtomicInteger entries;
        private int left;
        private InputStream part = text("{\"manifests\":[" + entry(0, ""));

        Page(AtomicInteger entries, int left) {
            this.entries = entries;
            this.left = left;
        }

        private static InputStream text(String text) {
            return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0];
        }

        @Override
        public int read(byte[] buffer, int from, int most) throws IOException {
            int count = part.read(buffer, from, most);
            if (count < 0 && left >= 0) {
                part = text(left == 0 ? "]}" : "," + entry(entries.incrementAndGet(), ""));
                left--;
                count = part.read(buffer, from, most);
            }
            return count;
        }
    }

    private static String entry(int number, String annotations) {
        return String.format(
                Locale.ROOT,
                "{\"mediaType\":\"m\",\"size\":1,\"artifactType\":\"application/vnd.example\",\"annotations\":{%s},"
                        + "\"digest\":\"sha256:%064d\"}",
                annotations,
                number);
    }

    @Test
    void refusesEndlessPagesOfNames() {
        for (String kind : new String[] {"child", "tags", "manifest"}) {
            AtomicInteger pages = new AtomicInteger();
            RemoteRegistry registry = registry(request -> {
                int number = pages.incrementAndGet();
                return FakeTransport.answer(200, page(kind, number), "Link", "<?page=" + number + ">; rel=\"next\"");
            });

            assertThatThrownBy(() -> registry.namespace(NAME, 1).list())
                    .as(kind)
                    .isInstanceOf(ContentException.Corrupt.class)
                    .hasMessageContaining("more than");
            assertThat(pages.get()).as(kind).isLessThan(100);
        }
    }

    private static String page(String kind, int number) {
        String names = IntStream.range(0, 10_000)
                .mapToObj(i -> "\"n" + number + "-" + i + "\"")
                .collect(Collectors.joining(",", "[", "]"));
        return switch (kind) {
            case "child" -> "{\"child\":" + names + "}";
            case "tags" -> "{\"child\":[],\"tags\":" + names + "}";
            default ->
                "{\"child\":[],\"manifest\":{\"sha256:" + String.format(Locale.ROOT, "%064d", number) + "\":{\"tag\":"
                        + names + "}}}";
        };
    }

    @Test
    void refusesHugeAddressOfNextPage() {
        RemoteRegistry registry = registry(request ->
                FakeTransport.answer(200, "{\"tags\":[]}", "Link", "<?last=" + "x".repeat(5000) + ">; rel=\"next\""));

        assertThatThrownBy(() -> registry.repository(NAME).tags().count())
                .isInstanceOf(ContentException.Corrupt.class)
                .message()
                .contains("longer than")
                .hasSizeLessThan(400);
    }

    /** The text, followed by endless spaces. */
    private static Response endless(int status, String text) {
        byte[] start = text.getBytes(StandardCharsets.UTF_8);
        InputStream body = new InputStream() {
            private int at;

            @Override
            public int read() {
                return at < start.length ? start[at++] : ' ';
            }

            @Override
            public int read(byte[] buffer, int from, int most) {
                for (int i = from; i < from + most; i++) {
                    buffer[i] = (byte) read();
                }
                return most;
            }
        };
        return FakeTransport.answer(
                status, Headers.NONE.with("Content-Type", "application/vnd.oci.image.index.v1+json"), body);
    }
}
