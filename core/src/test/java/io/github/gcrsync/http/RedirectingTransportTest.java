package io.github.gcrsync.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Checks allowed targets of redirects and the headers sent to them. Addresses of RFC 5737 and RFC 3849 stand for public
 * ones.
 */
final class RedirectingTransportTest {
    private static final String PUBLIC = "https://192.0.2.1/v2/a/blobs/x";

    private static FakeTransport to(String location) {
        return new FakeTransport(request -> request.uri().equals(URI.create(PUBLIC))
                ? FakeTransport.answer(307, "moved", "Location", location)
                : FakeTransport.answer(200, "here"));
    }

    private static Request request(String method) {
        return Request.of(method, URI.create(PUBLIC))
                .with("Authorization", "Bearer secret")
                .with("Range", "bytes=5-")
                .withScopes(List.of("repository:a:pull"));
    }

    private static Request last(FakeTransport network) {
        return network.requests().getLast();
    }

    @Test
    void sendsNoAuthorizationAndScopesToAnotherHost() throws IOException {
        FakeTransport network = to("https://198.51.100.7/blob?signature=x");

        new RedirectingTransport(network).send(request("GET")).close();

        assertThat(last(network).uri()).hasToString("https://198.51.100.7/blob?signature=x");
        assertThat(last(network).headers().first("authorization")).isEmpty();
        assertThat(last(network).scopes()).isEmpty();
        assertThat(last(network).headers().first("Range")).contains("bytes=5-");
        assertThat(network.open()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "https://192.0.2.1/other, true",
        "/other, true",
        "https://192.0.2.1:443/other, true",
        "https://192.0.2.1:444/other, false",
        "https://192.0.2.2/other, false",
        "//192.0.2.3/other, false"
    })
    void keepsAuthorizationWithinOrigin(String location, boolean expected) throws IOException {
        FakeTransport network = to(location);

        new RedirectingTransport(network).send(request("HEAD")).close();

        assertThat(network.requests()).hasSize(2);
        assertThat(last(network).method()).isEqualTo("HEAD");
        assertThat(last(network).headers().first("Authorization").isPresent()).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://192.0.2.1/other",
                "http://198.51.100.7/other",
                "ftp://198.51.100.7/other",
                "file:///etc/passwd",
                "https:opaque",
                "https://",
                "https://exa mple/",
                "https://127.0.0.1/",
                "https://localhost/",
                "https://[::1]/",
                "https://10.1.2.3/",
                "https://172.16.0.1/",
                "https://192.168.1.1/",
                "https://169.254.169.254/latest/meta-data",
                "https://0.0.0.0/",
                "https://0.1.2.3/",
                "https://100.100.100.200/latest/meta-data",
                "https://[fe80::1]/",
                "https://[fd00::1]/",
                "https://[::ffff:10.0.0.1]/",
                "https://2130706433/"
            })
    void refusesRedirectsToPlainHttpAndInternalAddresses(String location) {
        FakeTransport network = to(location);

        assertThatThrownBy(() -> new RedirectingTransport(network).send(request("GET")))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("GET https://192.0.2.1/v2/a/blobs/x redirects");
        assertThat(network.requests()).hasSize(1);
        assertThat(network.open()).isZero();
    }

    @Test
    void followsAnyRedirectOfInternalRegistry() throws IOException {
        FakeTransport network =
                new FakeTransport(request -> request.uri().getPath().equals("/a")
                        ? FakeTransport.answer(302, "", "Location", "http://10.0.0.1/b")
                        : FakeTransport.answer(200, ""));

        new RedirectingTransport(network)
                .send(Request.get(URI.create("http://127.0.0.1:5000/a")))
                .close();

        assertThat(last(network).uri()).hasToString("http://10.0.0.1/b");
    }

    @Test
    void followsRedirectToNameThatOnlyProxyResolves() throws IOException {
        FakeTransport network = to("https://storage.invalid/blob");

        new RedirectingTransport(network).send(request("GET")).close();

        assertThat(last(network).uri()).hasToString("https://storage.invalid/blob");
    }

    @Test
    void refusesElevenRedirects() {
        FakeTransport network = new FakeTransport(request ->
                FakeTransport.answer(302, "", "Location", request.uri().getPath() + "x"));

        assertThatThrownBy(() -> new RedirectingTransport(network).send(request("GET")))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("more than 10 redirects");
        assertThat(network.requests()).hasSize(11);
        assertThat(network.open()).isZero();
    }

    @Test
    void doesNotRedirectWrites() throws IOException {
        for (String method : List.of("POST", "PUT", "PATCH", "DELETE")) {
            FakeTransport network = to("https://198.51.100.7/");
            try (Response response = new RedirectingTransport(network).send(request(method))) {
                assertThat(response.status()).isEqualTo(307);
            }
        }
    }

    @Test
    void redirectsWritesWithinHostIfMethodIsKept() throws IOException {
        for (int status : new int[] {301, 302, 303, 307, 308}) {
            boolean keepsMethod = status >= 307;
            FakeTransport network =
                    new FakeTransport(request -> request.uri().getPath().equals("/other")
                            ? FakeTransport.answer(201, "")
                            : FakeTransport.answer(status, "", "Location", "/other"));
            Request put = request("PUT").withBody(RequestBody.of(new byte[] {1}));
            try (Response response = new RedirectingTransport(network).send(put)) {
                assertThat(response.status()).isEqualTo(keepsMethod ? 201 : status);
            }
            assertThat(network.requests())
                    .hasSize(keepsMethod ? 2 : 1)
                    .allMatch(each -> each.method().equals("PUT") && each.body().isPresent());
        }
    }

    @Test
    void followsAddressWithUnencodedCharacters() {
        assertThat(Addresses.resolve(URI.create("https://a/"), "https://b/x y|z?sig=a%2Fb%&n={1}\"<>^`\\"))
                .hasToString("https://b/x%20y%7Cz?sig=a%2Fb%25&n=%7B1%7D%22%3C%3E%5E%60%5C");
        assertThatThrownBy(() -> Addresses.resolve(URI.create("https://a/"), "https://b/\u0007"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void keepsPathForQueryReference() {
        assertThat(Addresses.resolve(URI.create("https://a/v2/_catalog?n=5"), "?n=5&last=b"))
                .hasToString("https://a/v2/_catalog?n=5&last=b");
        assertThat(Addresses.resolve(URI.create("https://a/v2/_catalog?n=5"), "/v2/b"))
                .hasToString("https://a/v2/b");
    }

    @ParameterizedTest
    @CsvSource({
        "localhost, true",
        "LOCALHOST:5000, true",
        "a.localhost:5000, true",
        "127.0.0.1, true",
        "127.9.9.9:80, true",
        "[::1], true",
        "[::1]:5000, true",
        "127.0.0.1.example.com, false",
        "localhost.example.com, false",
        "example.com, false",
        "10.0.0.1, false"
    })
    void recognizesLoopbackHosts(String host, boolean expected) {
        assertThat(Addresses.isLoopback(host)).isEqualTo(expected);
    }
}
