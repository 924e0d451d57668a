package gcrsync.ledger;

import gcrsync.http.ApacheTransport;
import gcrsync.http.HttpSettings;
import gcrsync.http.Proxy;
import gcrsync.http.TlsSettings;
import gcrsync.http.Transport;
import gcrsync.oci.Digest;
import gcrsync.oci.RepositoryName;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;

/** Settings and images for tests. */
final class Sample {
    static final String NAMESPACE = "google-containers";
    static final String DESTINATION = "docker.io/gcrcontainer";

    /** 2026-01-02 11:04:05 in Shanghai. */
    static final Instant START = Instant.parse("2026-01-02T03:04:05Z");

    private static final Transport HTTP = http(TlsSettings.SYSTEM, Optional.empty());

    private Sample() {}

    static Transport http(TlsSettings tls, Optional<Proxy> proxy) {
        return new ApacheTransport(new HttpSettings(Duration.ofSeconds(10), proxy, tls, 4, "test"));
    }

    static MetadataSettings settings(String location, Path state) {
        return settings(location, state, Optional.empty(), Optional.empty());
    }

    static MetadataSettings settings(String location, Path state, Optional<String> branch, Optional<String> token) {
        return new MetadataSettings(
                location,
                branch,
                token,
                Optional.of("Late Lee"),
                Optional.of("li@latelee.org"),
                ZoneId.of("Asia/Shanghai"),
                state,
                Duration.ofSeconds(10),
                HTTP);
    }

    static Clock clock() {
        return at(START);
    }

    static Clock at(Instant instant) {
        return Clock.fixed(instant, ZoneOffset.UTC);
    }

    static MetadataRepository open(Path location, Path state) {
        return open(location, state, START);
    }

    static MetadataRepository open(Path location, Path state, Instant now) {
        return MetadataRepository.open(settings(location.toString(), state), at(now));
    }

    static Ledger ledger(MetadataRepository repository) {
        return repository.namespace(NAMESPACE, "gcr.io", DESTINATION);
    }

    static Digest digest(String content) {
        return Digest.sha256(content.getBytes(StandardCharsets.UTF_8));
    }

    static RepositoryName name(String name) {
        return new RepositoryName(name);
    }

    /** An image whose digest is that of its name, as the original linked it. */
    static Entry entry(String image) {
        return entry(image, image);
    }

    static Entry entry(String image, String content) {
        int colon = image.indexOf(':');
        String name = image.substring(0, colon);
        return new Entry(
                name(name),
                image.substring(colon + 1),
                digest(content),
                "https://hub.docker.com/r/gcrcontainer/" + name + "/tags");
    }

    static List<Entry> entries(String... images) {
        return List.of(images).stream().map(Sample::entry).toList();
    }
}
