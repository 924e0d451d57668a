package io.github.gcrsync.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads files as docker, podman and skopeo write them. */
final class DockerConfigTest {
    @TempDir
    Path folder;

    private static String auth(String pair) {
        return "{\"auth\":\"" + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)) + "\"}";
    }

    private DockerConfig config(String json) throws IOException {
        return DockerConfig.read(Files.writeString(folder.resolve("config.json"), json));
    }

    private DockerConfig auths(String server, String entry) throws IOException {
        return config("{\"auths\":{\"" + server + "\":" + entry + "}}");
    }

    @ParameterizedTest
    @CsvSource({
        "registry.example, registry.example",
        "registry.example:5000, registry.example:5000",
        "https://registry.example, registry.example",
        "http://registry.example/v1/, registry.example",
        "https://registry.example/v2, registry.example",
        "https://registry.example/, registry.example",
        "Registry.Example, registry.example",
        "https://index.docker.io/v1/, docker.io",
        "https://index.docker.io/v1/, registry-1.docker.io",
        "docker.io, index.docker.io",
        "registry-1.docker.io, docker.io"
    })
    void matchesHostInAnyFormOfKey(String key, String registry) throws IOException {
        assertThat(auths(key, auth("me:se:cret")).find(registry, "a/b")).contains(Credential.password("me", "se:cret"));
    }

    @ParameterizedTest
    @CsvSource({"other.example", "registry.example:5000", "xregistry.example", "docker.io"})
    void findsNothingForAnotherHost(String registry) throws IOException {
        assertThat(auths("registry.example", auth("me:secret")).find(registry, "a"))
                .isEmpty();
    }

    @Test
    void prefersLongestMatchingPath() throws IOException {
        DockerConfig config = config("{\"auths\":{\"quay.io\":" + auth("host:1") + ",\"quay.io/a\":" + auth("a:1")
                + ",\"quay.io/a/b/\":" + auth("ab:1") + "}}");

        assertThat(user(config, "a/b/c")).contains("ab");
        assertThat(user(config, "a/b")).contains("ab");
        assertThat(user(config, "a/bb")).contains("a");
        assertThat(user(config, "aa")).contains("host");
        assertThat(user(config, "")).contains("host");
    }

    private static Optional<String> user(DockerConfig config, String repository) {
        return config.find("quay.io", repository).map(Credential::username);
    }

    @Test
    void readsOtherFormsOfEntries() throws IOException {
        assertThat(auths("a.example", "{\"username\":\"me\",\"password\":\"secret\"}")
                        .find("a.example", ""))
                .contains(Credential.password("me", "secret"));
        assertThat(auths("a.example", "{\"identitytoken\":\"refresh\",\"auth\":\"MDAwMDA6\"}")
                        .find("a.example", ""))
                .contains(new Credential("00000", "refresh", true));
        assertThat(auths("a.example", auth("me:secret\0\0")).find("a.example", ""))
                .contains(Credential.password("me", "secret"));
        for (String nothing : new String[] {"{}", "{\"auth\":\"\"}", auth("me:"), auth("me"), "7", "null"}) {
            assertThat(auths("a.example", nothing).find("a.example", ""))
                    .as(nothing)
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{",
                "{\"auths\":{\"a\":{\"auth\":\"c2VjcmV0c2VjcmV0A\"}}}",
                "{\"credsStore\":\"../../bin/sh\"}",
                "{\"credHelpers\":{\"a.example\":\"x/y\"}}"
            })
    void namesDamagedFile(String json) {
        assertThatThrownBy(() -> config(json))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(folder.resolve("config.json").toString())
                .message()
                .doesNotContain("c2VjcmV0c2VjcmV0A");
    }

    @Test
    void refusesFileBeyondReaderLimits() {
        for (String json : new String[] {"[".repeat(5000), "{\"size\":" + "9".repeat(5000) + "}"}) {
            namesDamagedFile(json);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"auths\":null,\"credHelpers\":[],\"credsStore\":\"\",\"HttpHeaders\":{\"a\":[{}]}}",
                "{\"credHelpers\":{\"a.example\":\"\"}}",
                "{}"
            })
    void ignoresUnusableEntries(String json) throws IOException {
        assertThat(config(json).find("a.example", "b")).isEmpty();
    }

    @Test
    void treatsMissingFileAsEmpty() {
        assertThat(DockerConfig.read(folder.resolve("none")).find("a.example", "b"))
                .isEmpty();
    }

    @Test
    void readsFileLazilyAndOnce() throws IOException {
        Credentials lazily = DockerConfig.lazily(folder.resolve("config.json"));
        auths("a.example", auth("me:secret"));
        assertThat(lazily.find("a.example", "")).isPresent();
        Files.delete(folder.resolve("config.json"));
        assertThat(lazily.find("a.example", "")).isPresent();
    }

    @Test
    void acceptsHelperNamesOfAllSystems() throws IOException {
        assertThat(config("{\"credsStore\":\"desktop.exe\"}").find("a.example", "b"))
                .as("it does not run here, so it has no credential")
                .isEmpty();
    }

    @Test
    void hidesSecrets() {
        assertThat(Credential.password("me", "secret").toString()).doesNotContain("secret");
    }
}
