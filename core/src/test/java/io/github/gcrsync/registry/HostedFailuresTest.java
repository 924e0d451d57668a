package io.github.gcrsync.registry;

import static io.github.gcrsync.registry.HostedRegistry.A;
import static io.github.gcrsync.registry.HostedRegistry.B;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.content.TagDetails;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.WebApi;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Reads digests tag by tag after a web API has failed. */
@Timeout(60)
final class HostedFailuresTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    static Stream<Arguments> failures() {
        String digest = "sha256:" + "a".repeat(64);
        Map<WebApi, List<String>> wrong = Map.of(
                WebApi.DOCKER_HUB,
                List.of(
                        "{\"message\":\"hello\"}",
                        "{\"results\":[{\"digest\":\"" + digest + "\"}]}",
                        "{\"results\":[{\"name\":\"t1\",\"digest\":\"sha256:zz\"}]}",
                        "{\"results\":[{\"name\":\"t1\",\"digest\":7}]}",
                        "{\"results\":[{\"name\":\"t1\",\"tag_last_pushed\":\"yesterday\"}]}",
                        "{\"results\":[],\"next\":\"https://hub.docker.com/\"}"),
                WebApi.QUAY,
                List.of(
                        "{\"tags\":{}}",
                        "{\"tags\":[{\"name\":\"t1\",\"last_modified\":\"2024-01-01T00:00:00Z\"}]}",
                        "{\"tags\":[],\"has_additional\":true}",
                        "{\"tags\":[],\"has_additional\":\"no\"}"),
                WebApi.HARBOR,
                List.of("{}", "[7]", "[{\"digest\":\"" + digest + "\",\"tags\":[{\"name\":null}]}]"),
                WebApi.ECR,
                List.of(
                        "{}",
                        "{\"imageDetails\":[{\"imageTags\":[7]}]}",
                        "{\"imageDetails\":[{\"imageTags\":[\"t1\"],\"imagePushedAt\":1e300}]}",
                        "{\"imageDetails\":[{\"imageTags\":[\"t1\"],\"imageDigest\":\"latest\"}]}"));
        List<String> anywhere = List.of(
                "",
                "null",
                "<html>",
                "{\"results\":[",
                "[".repeat(100),
                "{\"tags\":1,\"tags\":2}",
                "\"" + "x".repeat(5 << 20) + "\"");
        return wrong.entrySet().stream().flatMap(api -> {
            List<Arguments> all = new ArrayList<>();
            Stream.concat(anywhere.stream(), api.getValue().stream())
                    .forEach(body -> all.add(Arguments.of(api.getKey(), 200, body)));
            for (int status : new int[] {204, 302, 400, 401, 403, 429, 500, 503}) {
                all.add(Arguments.of(api.getKey(), status, "{}"));
            }
            return all.stream();
        });
    }

    @ParameterizedTest
    @MethodSource("failures")
    void fallsBackAfterOneRequestAndReportsItOnce(WebApi kind, int status, String body) {
        try (HostedRegistry registry = HostedRegistry.of(kind)) {
            List<String> tags = registry.push(A, 5);
            registry.push(B, 5);
            registry.store.list(List.of(A, B));
            registry.server.fault(Fault.on("*", registry.apiPath())
                    .status(status, body)
                    .header("Location", "http://127.0.0.1:1/")
                    .header("Retry-After", "1")
                    .always());

            TagDetails details = registry.store.details(A, tags, false);
            registry.store.details(B, tags, true);
            registry.store.details(B);

            assertThat(HostedRegistry.digests(details)).isEqualTo(registry.digests(A, tags));
            assertThat(details.way()).isEqualTo(TagDetails.Way.HEAD);
            assertThat(registry.api()).isEqualTo(1);
            assertThat(registry.heads()).isEqualTo(10);
            assertThat(registry.warnings())
                    .singleElement()
                    .satisfies(text -> assertThat(text)
                            .contains(registry.way.toString(), "ns/a", "tag by tag")
                            .hasSizeLessThan(600));
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void fallsBackIfAnswerIsLateOrBreaksOff(WebApi kind) {
        for (boolean late : new boolean[] {true, false}) {
            try (HostedRegistry registry =
                    HostedRegistry.of(kind, options -> {}, late ? Duration.ofSeconds(1) : LONG)) {
                List<String> tags = registry.push(A, 5);
                registry.store.list(List.of(A));
                Fault fault = Fault.on("*", registry.apiPath()).always();
                registry.server.fault(late ? fault.stallAfter(10) : fault.cutAfter(10));

                TagDetails details = registry.store.details(A, tags, false);

                assertThat(HostedRegistry.digests(details)).isEqualTo(registry.digests(A, tags));
                assertThat(registry.api()).isEqualTo(1);
                assertThat(registry.warnings()).hasSize(1);
            }
        }
    }

    /** The rate limit of Docker Hub's API may strike in the middle of a list. */
    @ParameterizedTest
    @EnumSource(names = {"DOCKER_HUB", "QUAY", "HARBOR"})
    void keepsPagesBeforeFailure(WebApi kind) {
        try (HostedRegistry registry = HostedRegistry.of(kind)) {
            List<String> tags = registry.push(A, 210);
            registry.store.list(List.of(A));
            registry.server.fault(
                    Fault.on("GET", registry.apiPath()).skip(2).status(429).always());

            TagDetails details = registry.store.details(A, tags, false);

            assertThat(HostedRegistry.digests(details)).isEqualTo(registry.digests(A, tags));
            assertThat(registry.api()).isEqualTo(3);
            assertThat(registry.heads()).isEqualTo(10);
            assertThat(registry.warnings()).singleElement().asString().contains("HTTP 429");
        }
    }

    /** A private repository of Docker Hub, or one that the user of Harbor's API may not see. */
    @ParameterizedTest
    @EnumSource(names = {"DOCKER_HUB", "QUAY", "HARBOR"})
    void stopsUsingApiThatMissesListedRepository(WebApi kind) {
        try (HostedRegistry registry = HostedRegistry.of(kind)) {
            List<String> tags = registry.push(A, 5);
            registry.push(B, 5);
            registry.server.fault(
                    Fault.on("GET", registry.apiPath()).status(404).always());

            assertThat(registry.store.details(A).tags()).hasSize(5);
            assertThat(HostedRegistry.digests(registry.store.details(B, tags, false)))
                    .hasSize(5);

            assertThat(registry.api()).isLessThanOrEqualTo(1);
            assertThat(registry.warnings()).hasSize(1);
        }
    }
}
