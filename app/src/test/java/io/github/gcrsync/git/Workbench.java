package io.github.gcrsync.git;

import io.github.gcrsync.http.Transport;
import io.github.gcrsync.http.client.ApacheTransport;
import io.github.gcrsync.http.client.HttpSettings;
import io.github.gcrsync.http.client.Proxy;
import io.github.gcrsync.http.tls.TlsSettings;
import io.github.gcrsync.ledger.Ledger;
import io.github.gcrsync.ledger.Sample;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;

/** Metadata repositories for tests. */
final class Workbench {
    private static final Transport HTTP = http(TlsSettings.SYSTEM, Optional.empty());

    private Workbench() {}

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
        return at(Sample.START);
    }

    static Clock at(Instant instant) {
        return Clock.fixed(instant, ZoneOffset.UTC);
    }

    static MetadataRepository open(Path location, Path state) {
        return open(location, state, Sample.START);
    }

    static MetadataRepository open(Path location, Path state, Instant now) {
        return MetadataRepository.open(settings(location.toString(), state), at(now));
    }

    static Ledger ledger(MetadataRepository repository) {
        return ledger(repository, "");
    }

    static Ledger ledger(MetadataRepository repository, String contentRule) {
        return repository.namespace(Sample.NAMESPACE, Sample.SOURCE, Sample.DESTINATION, "other", true, contentRule);
    }
}
