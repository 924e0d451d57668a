package io.github.gcrsync.http.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ProxyTest {
    @ParameterizedTest
    @CsvSource({
        "proxy:3128, http://proxy:3128",
        "http://proxy, http://proxy:80",
        "http://user:pass%40word@proxy:3128/, http://proxy:3128",
        "https://proxy, https://proxy:443",
        "socks5://proxy, socks5://proxy:1080",
        "SOCKS5H://proxy:9, socks5://proxy:9",
        "http://[::1]:3128, http://[::1]:3128"
    })
    void parsesAddresses(String text, String expected) {
        assertThat(Proxy.parse(text)).hasToString(expected);
    }

    @Test
    void decodesAndHidesUserAndPassword() {
        Proxy proxy = Proxy.parse("http://user:pass%40word@proxy:3128");
        assertThat(proxy.userInfo()).contains("user:pass@word");
        assertThat(proxy.toString()).doesNotContain("pass");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "http://", "ftp://user:secret@proxy", "ftp://user:secret@p", "http://user:sec ret@proxy", ":"
            })
    void refusesInvalidAddressWithoutRepeatingSecret(String text) {
        assertThatThrownBy(() -> Proxy.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not a proxy address")
                .message()
                .doesNotContain("secret", "sec ret");
    }

    @Test
    void limitsLengthOfSocksCredentials() {
        Proxy proxy = Proxy.parse("socks5://me:pass%40word@proxy:1080");
        assertThat(proxy.user()).isEqualTo("me");
        assertThat(proxy.password()).isEqualTo("pass@word");
        for (String pair : List.of("me", "me:", ":secret", "me:" + "s".repeat(256), "ä".repeat(128) + ":secret")) {
            assertThatThrownBy(() -> Proxy.parse("socks5://" + pair + "@proxy:1080"))
                    .hasMessageContaining("have 1 to 255 bytes each")
                    .message()
                    .doesNotContain("secret", "ssss");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "HTTPS_PROXY=http://p:1|https://a.example/|http://p:1",
                "https_proxy=http://p:1|https://a.example/|http://p:1",
                "HTTPS_PROXY=http://p:1|http://a.example/|",
                "HTTP_PROXY=http://p:1|http://a.example/|http://p:1",
                "ALL_PROXY=socks5://p:1|https://a.example/|socks5://p:1",
                "HTTPS_PROXY= |https://a.example/|",
                "HTTP_PROXY=http://p:1|http://127.0.0.1:5000/|",
                "HTTP_PROXY=http://p:1|http://localhost/|"
            })
    void readsProxyFromEnvironment(String variable, URI uri, String expected) {
        String[] parts = variable.split("=", 2);
        assertThat(Proxy.fromEnvironment(Map.of(parts[0], parts[1]), uri).map(Proxy::toString))
                .isEqualTo(Optional.ofNullable(expected));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "example.com|example.com|true",
                "example.com|a.example.com|true",
                ".example.com|a.example.com|true",
                "*.example.com|a.example.com|true",
                "example.com|notexample.com|false",
                "a, Example.COM ,b|example.com|true",
                "*|example.com|true",
                ",,|example.com|false",
                "10.0.0.1|10.0.0.1|true",
                "10.0.0.0/8|10.1.2.3|true",
                "10.0.0.0/8|11.0.0.1|false",
                "192.168.4.0/22|192.168.7.255|true",
                "192.168.4.0/22|192.168.8.0|false",
                "0.0.0.0/0|203.0.113.9|true",
                "10.0.0.0/33|10.0.0.1|false",
                "10.0.0.0/8|example.com|false",
                "example.com:443|example.com|true",
                "example.com:5000|example.com|false"
            })
    void matchesHostsAndDomainsOfNoProxy(String value, String host, boolean expected) {
        assertThat(Proxy.isExempt(Map.of("NO_PROXY", value), URI.create("https://" + host + "/")))
                .isEqualTo(expected);
        assertThat(Proxy.isExempt(Map.of("no_proxy", value), URI.create("https://" + host + "/")))
                .isEqualTo(expected);
    }
}
