package io.github.gcrsync.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.engine.Engine;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.registry.Registries;
import io.github.gcrsync.tasks.Tasks;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.RegistryOptions;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.TestRegistry;
import io.github.gcrsync.testkit.User;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Counts how often a possibly wrong password is sent. */
@Timeout(60)
final class LoginTest {
    private static final SampleImage IMAGE = SampleImages.oci(1);
    private static final List<RepositoryName> REPOSITORIES =
            IntStream.range(0, 60).mapToObj(i -> new RepositoryName("r" + i)).toList();

    static Stream<RegistryOptions> registries() {
        return Stream.of(
                TestRegistry.builder().basicAuth("me", "secret"),
                TestRegistry.builder()
                        .bearerAuth(Duration.ofHours(1), new User("me", "secret"))
                        .anonymousPull(false));
    }

    private static Engine engine(TestRegistry registry, String password) {
        return Registries.engine()
                .credentials(Credentials.of(registry.host(), Credential.password("me", password)))
                .build();
    }

    private static long passwordsSent(TestRegistry registry) {
        return registry.log().exchanges().stream()
                .filter(exchange -> exchange.header("authorization").equals("Basic"))
                .count();
    }

    @ParameterizedTest
    @MethodSource("registries")
    void sendsAWrongPasswordOnce(RegistryOptions options) {
        try (TestRegistry registry = options.start();
                Engine engine = engine(registry, "wrong-one")) {
            Collection<ContentException> refusals = new ConcurrentLinkedQueue<>();
            for (int round = 0; round < 2; round++) {
                Tasks.forEach(REPOSITORIES, 60, name -> {
                    try {
                        engine.registry(registry.host()).repository(name).manifest("1");
                    } catch (ContentException e) {
                        refusals.add(e);
                    }
                });
            }

            assertThat(passwordsSent(registry)).isEqualTo(1);
            assertThat(refusals)
                    .hasSize(2 * REPOSITORIES.size())
                    .allSatisfy(e -> assertThat(e)
                            .isInstanceOfSatisfying(
                                    ContentException.Denied.class,
                                    denied -> assertThat(denied.refusedUser()).contains("me"))
                            .hasMessageContainingAll("HTTP 401", "as user me", registry.host())
                            .hasMessageNotContaining("wrong-one"));
        }
    }

    @ParameterizedTest
    @MethodSource("registries")
    void sendsAcceptedPasswordConcurrently(RegistryOptions options) {
        try (TestRegistry registry = options.start();
                Engine engine = engine(registry, "secret")) {
            REPOSITORIES.forEach(name -> registry.put(name.value(), "1", IMAGE));

            Tasks.forEach(
                    REPOSITORIES,
                    60,
                    name -> assertThat(engine.registry(registry.host())
                                    .repository(name)
                                    .manifest("1")
                                    .descriptor()
                                    .digest())
                            .hasToString(IMAGE.digest()));
        }
    }

    @Test
    void learnsNothingFromAnOverloadedHost() {
        try (TestRegistry registry =
                        TestRegistry.builder().basicAuth("me", "wrong").start();
                Engine engine = engine(registry, "secret")) {
            RepositoryName name = REPOSITORIES.getFirst();
            registry.fault(Fault.on("GET", ".*")
                    .skip(1)
                    .times(1)
                    .header("Retry-After", "0")
                    .status(429));

            assertThatThrownBy(() ->
                            engine.registry(registry.host()).repository(name).manifest("1"))
                    .isInstanceOfSatisfying(
                            ContentException.Denied.class,
                            denied -> assertThat(denied.refusedUser()).contains("me"));
        }
    }
}
