package io.github.gcrsync.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CredentialFilesTest {
    @TempDir
    private Path folder;

    private final Map<String, String> environment = new HashMap<>();

    @BeforeEach
    void isolateFromThisMachine() {
        environment.put("DOCKER_CONFIG", folder.resolve("docker").toString());
        environment.put("XDG_RUNTIME_DIR", folder.resolve("runtime").toString());
        environment.put("XDG_CONFIG_HOME", folder.resolve("config").toString());
    }

    private Path write(String name, String json) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, json);
    }

    private Path login(String name, String server, String user) throws IOException {
        String pair = Base64.getEncoder().encodeToString((user + ":pass").getBytes(StandardCharsets.UTF_8));
        return write(name, "{\"auths\":{\"" + server + "\":{\"auth\":\"" + pair + "\"}}}");
    }

    private String userAt(String registry, String repository) {
        return CredentialFiles.standard(environment)
                .find(registry, repository)
                .map(Credential::username)
                .orElse("nobody");
    }

    @Test
    void usesFirstFileWithTheRegistry() throws IOException {
        assertThat(userAt("r.example", "a")).isEqualTo("nobody");
        login("config/containers/auth.json", "r.example", "of-the-user");
        assertThat(userAt("r.example", "a")).isEqualTo("of-the-user");
        login("runtime/containers/auth.json", "r.example", "of-the-session");
        assertThat(userAt("r.example", "a")).isEqualTo("of-the-session");
        login("docker/config.json", "r.example", "of-docker");
        assertThat(userAt("r.example", "a")).isEqualTo("of-docker");
        environment.put(
                "REGISTRY_AUTH_FILE", login("named.json", "r.example", "named").toString());
        assertThat(userAt("r.example", "a")).isEqualTo("named");
    }

    @Test
    void continuesWithNextFile() throws IOException {
        login("docker/config.json", "one.example", "one");
        login("config/containers/auth.json", "other.example/team", "other");
        assertThat(List.of(
                        userAt("one.example", "a"),
                        userAt("other.example", "team/a"),
                        userAt("other.example", "teams/a"),
                        userAt("third.example", "")))
                .containsExactly("one", "other", "nobody", "nobody");
    }

    @Test
    void prefersLongestPathOfAFile() throws IOException {
        write("docker/config.json", """
                {"auths": {
                  "r.example:5000": {"username": "host", "password": "p"},
                  "r.example:5000/ns": {"username": "namespace", "password": "p"},
                  "r.example:5000/ns/repo": {"username": "repository", "password": "p"}}}
                """);
        assertThat(List.of("ns/repo", "ns/other", "ns/repo/deeper", "nsx", "other").stream()
                        .map(repository -> userAt("r.example:5000", repository)))
                .containsExactly("repository", "namespace", "repository", "host", "host");
    }

    @Test
    void findsLoginByEveryNameOfDockerHub() throws IOException {
        for (String key : new String[] {
            "https://index.docker.io/v1/", "docker.io", "index.docker.io", "registry-1.docker.io", "https://docker.io"
        }) {
            login("docker/config.json", key, "hub");
            for (String asked : new String[] {"docker.io", "index.docker.io", "registry-1.docker.io"}) {
                assertThat(userAt(asked, "library/busybox"))
                        .as("%s for %s", key, asked)
                        .isEqualTo("hub");
            }
        }
        login("docker/config.json", "docker.io/team", "team");
        assertThat(List.of(userAt("registry-1.docker.io", "team/a"), userAt("registry-1.docker.io", "library/a")))
                .containsExactly("team", "nobody");
    }

    @Test
    void namesDamagedFile() throws IOException {
        Path file = write("config/containers/auth.json", "{\"auths\": ");
        assertThatThrownBy(() -> userAt("r.example", ""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(file + " is not valid JSON");
    }

    @Test
    void requiresNamedFileToExist() {
        Path missing = folder.resolve("missing.json");
        environment.put("REGISTRY_AUTH_FILE", missing.toString());
        assertThatThrownBy(() -> userAt("r.example", ""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(missing + ", named by REGISTRY_AUTH_FILE, does not exist");
        assertThatThrownBy(() -> DockerConfig.readNamed(missing, "--authfile"))
                .hasMessageContaining(missing + ", named by --authfile, does not exist");
    }
}
