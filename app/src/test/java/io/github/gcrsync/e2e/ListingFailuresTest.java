package io.github.gcrsync.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.TestRegistry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An HTTP error is never mistaken for a repository without tags or an empty namespace. */
final class ListingFailuresTest extends BetweenRegistries {
    @BeforeEach
    void fill() {
        source.put("ns/a", "1", SampleImages.oci(1));
        source.put("ns/b", "1", SampleImages.oci(2));
        source.put("ns/c", "1", SampleImages.oci(3));
    }

    @ParameterizedTest
    @CsvSource({"429, TOOMANYREQUESTS", "500, UNKNOWN", "503, UNKNOWN"})
    void doesNotStartIfNamespaceCannotBeListed(int status, String code) {
        withoutCatalog();
        source.fault(Fault.on("GET", "^/v2/ns/tags/list$")
                .status(status)
                .header("Retry-After", "0")
                .always());

        InProcess.Result result = sync();

        assertThat(result.exitCode()).as("%s", result).isEqualTo(3);
        assertThat(result.err().lines())
                .singleElement()
                .asString()
                .startsWith("gcrsync: HTTP " + status + " " + code)
                .contains("GET http://" + source.host() + "/v2/ns/tags/list");
        assertThat(source.log().count("GET", "^/v2/ns/tags/list$"))
                .as("with its large page, and with a usual one where that may be the reason")
                .isEqualTo(status == 429 ? 5 : 10);
        assertThat(destination.log().count()).isZero();
    }

    private void withoutCatalog() {
        source.fault(Fault.on("GET", "^/v2/_catalog$").status(404).always());
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 500, 403})
    void failsOnlyUnlistableRepositoryAndKeepsItsRecords(int status) {
        assertThat(sync().exitCode()).isZero();
        source.put("ns/a", "2", SampleImages.oci(4));
        source.put("ns/b", "2", SampleImages.oci(5));
        source.fault(Fault.on("GET", "^/v2/ns/b/tags/list$")
                .status(status)
                .header("Retry-After", "0")
                .always());

        InProcess.Result result = sync();

        assertThat(result.exitCode()).as("%s", result).isEqualTo(1);
        assertThat(result.out()).containsPattern("copied +1 ").containsPattern("failed +1\n");
        assertThat(result.out())
                .containsPattern("(?m)^    b  source: HTTP " + status + " [A-Z]+ .*/v2/ns/b/tags/list$");
        assertThat(workplace.metadata().images()).containsExactly("a:1", "a:2", "b:1", "c:1");
        assertThat(workplace.metadata().digests()).containsKeys("a:2", "b:1");
    }

    @Test
    void retriesBusyRegistry() {
        source.fault(Fault.on("GET", "^/v2/ns/tags/list$").status(429).header("Retry-After", "0"));
        source.fault(Fault.on("GET", "^/v2/ns/b/tags/list$")
                .status(503)
                .header("Retry-After", "0")
                .times(2));
        source.fault(Fault.on("GET", "^/v2/ns/c/tags/list$").resetConnection());

        InProcess.Result result = sync();

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(workplace.metadata().images()).containsExactly("a:1", "b:1", "c:1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{\"child\": [\"a\"], \"tags\": [\"1\"", "<html>busy</html>"})
    void refusesInvalidListing(String body) {
        withoutCatalog();
        source.fault(Fault.on("GET", "^/v2/ns/tags/list$").status(200, body).always());

        InProcess.Result result = sync();

        assertThat(result.exitCode()).as("%s", result).isEqualTo(3);
        assertThat(result.err().lines()).singleElement().asString().contains("/v2/ns/tags/list");
        assertThat(destination.log().count()).isZero();
    }

    @Test
    void refusesTruncatedListing() {
        source.fault(Fault.on("GET", "^/v2/ns/tags/list$").cutAfter(20).always());

        InProcess.Result result = sync();

        assertThat(result.exitCode()).as("%s", result).isEqualTo(3);
        assertThat(result.err().lines())
                .singleElement()
                .asString()
                .startsWith("gcrsync: no answer to GET http://" + source.host() + "/v2/ns/tags/list: Premature end");
        assertThat(destination.log().count()).isZero();
        source.clearFaults();
        source.fault(Fault.on("GET", "^/v2/ns/tags/list$").cutAfter(20));
        assertThat(sync().exitCode()).isZero();
    }

    @Test
    void countsAndIgnoresHostileNames() {
        source.fault(Fault.on("GET", "^/v2/ns/tags/list$")
                .status(200, "{\"child\":[\"a\",\"../../etc\",\"B\",\"x\\u001b[2J\",\"\"],\"tags\":[],\"manifest\":{}}")
                .always());
        source.fault(Fault.on("GET", "^/v2/ns/a/tags/list$")
                .status(200, """
                        {"child":[],"tags":["1","-x","../../y"],"manifest":{"%s":{"tag":["1","../z"]}}}""".formatted(source.manifestDigest("ns/a", "1")))
                .always());

        InProcess.Result result = sync();

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(workplace.metadata().images()).containsExactly("a:1");
        assertThat(result.out()).containsPattern(" 7  name is not a valid one").doesNotContain("\u001b");
        assertThat(destination.repositories()).containsExactly("mirror/a");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sync", "listing of an empty namespace"})
    void reportsNamespaceWithoutRepositories(String name) {
        try (TestRegistry empty =
                TestRegistry.builder().gcrListing(name.length() > 4).start()) {
            InProcess.Result result = workplace.sync(empty.host(), destination.host() + "/mirror");

            assertThat(result.exitCode()).as("%s", result).isEqualTo(3);
            assertThat(result.err()).contains("check --namespace");
        }
    }

    @Test
    void reportsUnreachableSource() {
        String host = source.host();
        source.close();

        InProcess.Result result = workplace.sync(host, destination.host() + "/mirror", "--httptimeout=200ms");

        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.err().lines())
                .singleElement()
                .asString()
                .startsWith("gcrsync: no answer to GET http://" + host + "/v2/ns/tags/list");
    }

    private InProcess.Result sync() {
        return workplace.sync(source.host(), destination.host() + "/mirror");
    }
}
