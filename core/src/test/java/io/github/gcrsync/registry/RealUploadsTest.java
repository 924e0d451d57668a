package io.github.gcrsync.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.content.BlobArrival;
import io.github.gcrsync.content.TestImages;
import io.github.gcrsync.engine.Engine;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.testkit.DockerRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Uploads to Debian's docker-registry, behind an nginx that limits request sizes, and over a connection that breaks.
 */
@Timeout(120)
final class RealUploadsTest {
    private static final byte[] BYTES = TestImages.bytes(5, 12 << 20);
    private static final Descriptor BLOB = TestImages.blob(BYTES);

    @TempDir
    private Path folder;

    @Test
    void sendsChunksThroughProxyThatLimitsRequests() throws Exception {
        try (DockerRegistry registry = DockerRegistry.start(Files.createDirectory(folder.resolve("registry")));
                Nginx nginx = new Nginx(folder, registry.host());
                Engine engine = Registries.engine().build()) {
            RepositoryName a = new RepositoryName("a");
            assertThat(engine.registry(nginx.host()).repository(a).ensureBlob(BLOB, TestImages.content(BYTES)))
                    .isEqualTo(BlobArrival.UPLOADED);
            assertSame(engine, registry.host());
        }
    }

    /** distribution 2.8 encodes its progress in locations, so it refuses (404) a location from before the break. */
    @Test
    void sendsBrokenUploadAgainIfRegistryDroppedIt() throws Exception {
        List<Long> offsets = new ArrayList<>();
        try (DockerRegistry registry = DockerRegistry.start(Files.createDirectory(folder.resolve("registry")));
                Breaking between = new Breaking(registry.host(), 10 << 20);
                Engine engine = Registries.engine().build()) {
            engine.registry(between.host()).repository(new RepositoryName("a")).ensureBlob(BLOB, offset -> {
                offsets.add(offset);
                return TestImages.content(BYTES).openAt(offset);
            });
            assertSame(engine, registry.host());
            assertThat(registry.requests("GET /v2/a/blobs/uploads/")).isEqualTo(1);
        }
        assertThat(offsets).containsExactly(0L, 0L);
    }

    private static void assertSame(Engine engine, String host) throws IOException {
        try (InputStream in = engine.registry(host)
                .repository(new RepositoryName("a"))
                .blob(BLOB)
                .openAt(0)) {
            assertThat(in.readAllBytes()).isEqualTo(BYTES);
        }
    }

    /** An nginx in front of a registry, with a limit of 1 MiB for request bodies. */
    private static final class Nginx implements AutoCloseable {
        private final Process process;
        private final String host;

        Nginx(Path folder, String registry) throws IOException, InterruptedException {
            int port;
            try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                port = free.getLocalPort();
            }
            host = "127.0.0.1:" + port;
            Path config = folder.resolve("nginx.conf");
            Files.writeString(config, """
                    daemon off;
                    pid %1$s/nginx.pid;
                    error_log %1$s/nginx.log;
                    events {}
                    http {
                      access_log off;
                      client_body_temp_path %1$s/t1; proxy_temp_path %1$s/t2; fastcgi_temp_path %1$s/t3;
                      uwsgi_temp_path %1$s/t4; scgi_temp_path %1$s/t5;
                      client_max_body_size 1m;
                      server {
                        listen %2$s;
                        location / {
                          proxy_pass http://%3$s;
                          proxy_set_header Host $http_host;
                          proxy_http_version 1.1;
                          proxy_request_buffering off;
                          proxy_buffering off;
                        }
                      }
                    }
                    """.formatted(folder, host, registry));
            try {
                process = new ProcessBuilder("nginx", "-c", config.toString(), "-p", folder.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("nginx.out").toFile())
                        .start();
            } catch (IOException e) {
                throw new AssertionError("nginx cannot be started; apt-get install nginx-light", e);
            }
            while (!answers(port)) {
                assertThat(process.isAlive()).as("nginx runs").isTrue();
                process.waitFor(20, TimeUnit.MILLISECONDS);
            }
        }

        private static boolean answers(int port) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
                return true;
            } catch (IOException e) {
                return false;
            }
        }

        String host() {
            return host;
        }

        @Override
        public void close() {
            process.destroy();
            process.onExit().join();
        }
    }

    /** Forwards connections, and breaks the first one after a number of bytes. */
    private static final class Breaking implements AutoCloseable {
        private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final InetSocketAddress registry;
        private final AtomicLong left;

        Breaking(String registry, long bytes) throws IOException {
            int colon = registry.indexOf(':');
            this.registry = new InetSocketAddress(
                    registry.substring(0, colon), Integer.parseInt(registry.substring(colon + 1)));
            this.left = new AtomicLong(bytes);
            Thread.ofVirtual().start(this::accept);
        }

        String host() {
            return "127.0.0.1:" + server.getLocalPort();
        }

        private void accept() {
            try {
                while (true) {
                    Socket client = server.accept();
                    Socket upstream = new Socket();
                    upstream.connect(registry);
                    Thread.ofVirtual().start(() -> pipe(client, upstream, true));
                    Thread.ofVirtual().start(() -> pipe(upstream, client, false));
                }
            } catch (IOException e) {
                return; // Closed: the test has ended.
            }
        }

        private void pipe(Socket from, Socket to, boolean counted) {
            byte[] buffer = new byte[32 << 10];
            try (from;
                    to) {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                    out.write(buffer, 0, read);
                    if (counted && left.get() > 0 && left.addAndGet(-read) <= 0) {
                        return;
                    }
                }
            } catch (IOException e) {
                return; // Closed by the other side.
            }
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }
}
