package io.github.gcrsync.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.Hurry;
import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.commands.ChildCommand;
import io.github.gcrsync.commands.OnStage;
import io.github.gcrsync.testkit.CertificateAuthority;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.RequestLog;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.SampleLayer;
import io.github.gcrsync.testkit.TestRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;

/** Network faults of one image: they are retried, or fail only that image. */
final class NetworkTest extends OnStage {
    private static final SampleLayer LAYER = SampleImages.layer(77, 3);
    private static final SampleImage STRUCK = SampleImages.oci("linux/amd64", LAYER);

    @BeforeEach
    void start() {
        stage.with(Hurry.TO_GIVE_UP);
        stage.offer("good:1", 1);
        stage.offer("good:2", 2);
        stage.source().put("ns/struck", "1", STRUCK);
    }

    static final List<Arguments> TROUBLES = Stream.of(
                    trouble("reset in mid-header", Fault::cutHead),
                    trouble("reset before the answer", Fault::resetConnection),
                    trouble("reset in mid-body", fault -> fault.resetAfter(100)),
                    trouble("closed in mid-body", fault -> fault.cutAfter(100)),
                    trouble("stalled in mid-body", fault -> fault.stallAfter(100)),
                    trouble("stalled before the first byte", fault -> fault.stallAfter(0)))
            .toList();

    /** A destination's answers have no bodies to cut: a client that has read one may never notice that its end came early. */
    static final List<Arguments> DESTINATION_TROUBLES = Stream.of(
                    trouble("reset in mid-header", Fault::cutHead),
                    trouble("reset before the answer", Fault::resetConnection),
                    trouble("closed before the answer", Fault::cutAnswer),
                    trouble("closed in mid-upload", fault -> fault.cutUploadAfter(100)),
                    trouble("stalled in mid-upload", fault -> fault.stallUploadAfter(100)),
                    trouble("stalled before the answer", fault -> fault.delayUntil(new CountDownLatch(1))))
            .toList();

    private static Arguments trouble(String name, UnaryOperator<Fault> what) {
        return Arguments.of(name, what);
    }

    @ParameterizedTest(name = "{0}")
    @FieldSource("TROUBLES")
    void retriesTransientFaults(String name, UnaryOperator<Fault> trouble) {
        stage.source().fault(trouble.apply(Fault.on("GET", "/blobs/" + LAYER.digest())));

        Result result = stage.run("sync", "--httptimeout=300ms");

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(stage.mirrored("struck:1")).isEqualTo(STRUCK.digest());
    }

    @ParameterizedTest(name = "{0}")
    @FieldSource("TROUBLES")
    void failsOnlyImageWithPermanentFault(String name, UnaryOperator<Fault> trouble) {
        // From the first byte on: a transfer that makes any progress is resumed repeatedly.
        stage.source()
                .fault(trouble.apply(Fault.on("GET", "/blobs/" + LAYER.digest()))
                        .always());
        stage.source()
                .fault(trouble.apply(Fault.on("GET", "/ns/struck/manifests/")).always());

        assertOnlyTheStruckFails(stage.run("sync", "--httptimeout=300ms"));
        stage.source().clearFaults();
        assertThat(stage.run("sync").exitCode()).isZero();
        assertThat(stage.metadata().images()).containsExactly("good:1", "good:2", "struck:1");
    }

    @ParameterizedTest(name = "{0}")
    @FieldSource("DESTINATION_TROUBLES")
    void failsOnlyImageWithPermanentFaultAtDestination(String name, UnaryOperator<Fault> trouble) {
        stage.destination()
                .fault(trouble.apply(Fault.on("*", "^/v2/mirror/struck/")).always());

        assertOnlyTheStruckFails(stage.run("sync", "--httptimeout=300ms"));
        stage.destination().clearFaults();
        assertThat(stage.run("sync").exitCode()).isZero();
        assertThat(stage.mirrored("struck:1")).isEqualTo(STRUCK.digest());
    }

    @Test
    void failsOnlyImageWithRefusedConnection() {
        // A local port on which nothing listens any more.
        String nobody;
        try (TestRegistry gone = TestRegistry.start()) {
            nobody = gone.host();
        }
        stage.source()
                .fault(Fault.on("GET", "/blobs/" + LAYER.digest())
                        .header("Location", "http://" + nobody + "/blob")
                        .status(307)
                        .always());

        Result result = stage.run("sync");

        assertOnlyTheStruckFails(result);
        assertThat(result.out()).contains("Connection refused");
    }

    @Test
    void toleratesOneKibibytePerSecond() {
        stage.source().fault(Fault.on("GET", "/blobs/" + LAYER.digest()).throttle(1024));

        Result result = stage.run("sync", "--httptimeout=3s");

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(stage.mirrored("struck:1")).isEqualTo(STRUCK.digest());
    }

    @Test
    void retriesUnknownHost() throws Exception {
        Path hosts = Files.writeString(folder.resolve("hosts"), "127.0.0.1 other.test\n");
        try (ChildCommand run = startWithHosts(hosts, "source.test")) {
            run.until("a name that is not found", () -> run.err().contains("retrying in"));
            Files.writeString(hosts, "127.0.0.1 other.test source.test\n");
            Result result = run.await();
            assertThat(result.exitCode()).as("%s", result).isZero();
        }
        assertThat(stage.metadata().images()).containsExactly("good:1", "good:2", "struck:1");
    }

    @Test
    void failsOnlyImageOfUnknownHost() throws Exception {
        Path hosts = Files.writeString(folder.resolve("hosts"), "127.0.0.1 source.test\n");
        stage.source()
                .fault(Fault.on("GET", "/blobs/" + LAYER.digest())
                        .header("Location", "http://storage.test/blob")
                        .status(307)
                        .always());
        try (ChildCommand run = startWithHosts(hosts, "source.test")) {
            Result result = run.await();
            assertOnlyTheStruckFails(result);
            assertThat(result.out()).contains("unknown host");
        }
    }

    /** Resolves names only from that file, without a cache. */
    private ChildCommand startWithHosts(Path hosts, String source) {
        String port = stage.source().host().replaceFirst(".*:", "");
        List<String> program = new ArrayList<>(ChildCommand.jvmOptions());
        program.addAll(List.of(
                "-Djdk.net.hosts.file=" + hosts,
                "-Dsun.net.inetaddr.ttl=0",
                "-cp",
                System.getProperty("java.class.path")));
        program.addAll(new Hurry(
                        Duration.ofSeconds(1),
                        Hurry.TO_GIVE_UP.commitTimeout(),
                        Hurry.NONE.slowDestination(),
                        Hurry.NONE.heartbeat())
                .program());
        return ChildCommand.start(
                folder,
                stage.environment(),
                program,
                stage.arguments(
                        "sync", "--debug", "--source=" + source + ":" + port, "--plain-http=" + source + ":" + port));
    }

    @Test
    void failsOnlyImageIfCertificateExpiresDuringRun() throws Exception {
        CertificateAuthority authority = CertificateAuthority.in(folder.resolve("ca"));
        authority.server();
        authority.issue("old", "ec", "IP:127.0.0.1", "-not_before", "20200101000000Z", "-not_after", "20200102000000Z");
        SSLContext valid = context(authority, "server");
        SSLContext expired = context(authority, "old");
        // Requests seen so far: the certificate expires with the first one for this image.
        AtomicReference<RequestLog> log = new AtomicReference<>(new RequestLog());
        try (TestRegistry source = TestRegistry.builder()
                .gcrListing(true)
                .tls(() -> log.get().count("GET", "/ns/struck/manifests/") > 0 ? expired : valid)
                .start()) {
            source.put("ns/good", "1", SampleImages.oci(1));
            source.put("ns/struck", "1", STRUCK);
            String[] flags = {"--source=" + source.host(), "--ca-file=" + authority.certificate(), "--processlimit=1"};
            // The connection ends without a response, and the next one meets the other certificate.
            source.fault(Fault.on("GET", "/ns/struck/manifests/").resetConnection());
            log.set(source.log());

            Result result = stage.run("sync", flags);

            assertThat(result.exitCode()).as("%s", result).isEqualTo(1);
            assertThat(result.out()).contains("expired").containsPattern("(?m)^    struck:1  source: ");
            assertThat(stage.metadata().images()).containsExactly("good:1");
            log.set(new RequestLog());
            assertThat(stage.run("sync", flags).exitCode()).isZero();
            assertThat(stage.mirrored("struck:1")).isEqualTo(STRUCK.digest());
        }
    }

    private static SSLContext context(CertificateAuthority authority, String name) throws Exception {
        authority.openssl(
                "pkcs12 -export -in %1$s.cert -inkey %1$s.key -out %1$s.p12 -passout pass:changeit".formatted(name));
        char[] password = "changeit".toCharArray();
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(
                KeyStore.getInstance(
                        authority.certificate().resolveSibling(name + ".p12").toFile(), password),
                password);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    private void assertOnlyTheStruckFails(Result result) {
        assertThat(result.exitCode()).as("%s", result).isEqualTo(1);
        assertThat(result.out()).containsPattern("(?m)^  copied +2 ").containsPattern("(?m)^  failed +1$");
        assertThat(result.out()).containsPattern("(?m)^    struck:1  (source|destination): ");
        assertThat(stage.metadata().images()).containsExactly("good:1", "good:2");
    }
}
