package io.github.gcrsync.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The test cases of distribution/reference, and hostile input. */
final class ReferenceTest {
    private static final String F64 = "f".repeat(64);
    private static final String IMAGE_ID = "1a3f5e7d9c1b3a5f7e9d1c3b5a7f9e1d3c5b7a9f1e3d5d7c9b1a3f5e7d9c1b3a";

    @ParameterizedTest
    @CsvSource({
        "test_com, docker.io, library/test_com,",
        "test.com:tag, docker.io, library/test.com, tag",
        "test.com:5000, docker.io, library/test.com, 5000",
        "test.com/repo:tag, test.com, repo, tag",
        "test:5000/repo, test:5000, repo,",
        "test:5000/repo:tag, test:5000, repo, tag",
        "lowercase:Uppercase, docker.io, library/lowercase, Uppercase",
        "sub-dom1.foo.com/bar/baz/quux, sub-dom1.foo.com, bar/baz/quux,",
        "sub-dom1.foo.com/bar/baz/quux:some-long-tag, sub-dom1.foo.com, bar/baz/quux, some-long-tag",
        "b.gcr.io/test.example.com/my-app:test.example.com, b.gcr.io, test.example.com/my-app, test.example.com",
        "xn--n3h.com/myimage:xn--n3h.com, xn--n3h.com, myimage, xn--n3h.com",
        "xn--n3h.com:18080/foo, xn--n3h.com:18080, foo,",
        "foo_bar.com:8080, docker.io, library/foo_bar.com, 8080",
        "foo/foo_bar.com:8080, docker.io, foo/foo_bar.com, 8080",
        "192.168.1.1, docker.io, library/192.168.1.1,",
        "192.168.1.1:tag, docker.io, library/192.168.1.1, tag",
        "192.168.1.1:5000, docker.io, library/192.168.1.1, 5000",
        "192.168.1.1/repo, 192.168.1.1, repo,",
        "192.168.1.1:5000/repo:5050, 192.168.1.1:5000, repo, 5050",
        "192.168.0.1:8/debian, 192.168.0.1:8, debian,",
        "[2001:db8::1]/repo, [2001:db8::1], repo,",
        "[2001:db8:1:2:3:4:5:6]/repo:tag, [2001:db8:1:2:3:4:5:6], repo, tag",
        "[2001:db8::1]:5000/repo:tag, [2001:db8::1]:5000, repo, tag",
        "[2001:db8::]:5000/repo, [2001:db8::]:5000, repo,",
        "[::1]:5000/repo, [::1]:5000, repo,",
        "[fc00:1:2:3:4:5:6:7]:5000/library/debian, [fc00:1:2:3:4:5:6:7]:5000, library/debian,",
        "docker/docker, docker.io, docker/docker,",
        "debian, docker.io, library/debian,",
        "library/debian, docker.io, library/debian,",
        "docker.io/debian, docker.io, library/debian,",
        "docker.io/library/debian, docker.io, library/debian,",
        "docker.io/library/foo/bar, docker.io, library/foo/bar,",
        "index.docker.io/debian, docker.io, library/debian,",
        "index.docker.io/docker/docker, docker.io, docker/docker,",
        "127.0.0.1:5000/debian, 127.0.0.1:5000, debian,",
        "localhost/debian, localhost, debian,",
        "other/library, docker.io, other/library,",
        "store/foo/bar, docker.io, store/foo/bar,",
        "Foo/bar, Foo, bar,",
        "FOO/bar, FOO, bar,",
        "Docker/docker, Docker, docker,",
        "test_com/foo, docker.io, test_com/foo,",
        "test-com:8080/foo, test-com:8080, foo,",
        "dock__er/docker, docker.io, dock__er/docker,",
        "docker---rules/docker, docker.io, docker---rules/docker,",
        "d/docker, docker.io, d/docker,",
        "thisisthesongthatneverendsitgoesonandonandonthisisthesongthatnev, docker.io,"
                + "library/thisisthesongthatneverendsitgoesonandonandonthisisthesongthatnev,",
        "docker.io/" + IMAGE_ID + ", docker.io, library/" + IMAGE_ID + ",",
        IMAGE_ID + ":tag, docker.io, library/" + IMAGE_ID + ", tag",
        "dbcc1c35ac38df41fd2f5e4130b32ffdb93ebae8b3dbe638c23575912276fc9, docker.io, "
                + "library/dbcc1c35ac38df41fd2f5e4130b32ffdb93ebae8b3dbe638c23575912276fc9,",
        "dbcc1, docker.io, library/dbcc1,",
        "Uppercase/lowercase:tag, Uppercase, lowercase, tag",
        "192.168.0.1:80, docker.io, library/192.168.0.1, 80",
        "192.168.0.2:25000/debian, 192.168.0.2:25000, debian,",
        "127.0.0.1:8000/private/moonbase, 127.0.0.1:8000, private/moonbase,",
        "example.com:8000/privatebasee, example.com:8000, privatebasee,",
        "example.com:8000/named:tagged, example.com:8000, named, tagged",
        "[fc00::1]:5000/docker, [fc00::1]:5000, docker,",
        "[fc00::1]:5000/docker/docker, [fc00::1]:5000, docker/docker,",
        "ubuntu-12.04-base, docker.io, library/ubuntu-12.04-base,",
        "index.docker.io/library/ubuntu-12.04-base, docker.io, library/ubuntu-12.04-base,",
        "nonlibrary/ubuntu, docker.io, nonlibrary/ubuntu,",
        "docker-rules/docker, docker.io, docker-rules/docker,",
        "jess/t, docker.io, jess/t,",
        "redis:latest, docker.io, library/redis, latest",
        "dmcgowan/myapp:latest, docker.io, dmcgowan/myapp, latest",
    })
    void parsesReferences(String text, String registry, String repository, String tag) {
        Reference reference = Reference.parse(text);

        assertThat(reference.registry()).isEqualTo(registry);
        assertThat(reference.repository().value()).isEqualTo(repository);
        assertThat(reference.tag().orElse(null)).isEqualTo(tag);
        assertThat(reference.digest()).isEmpty();
        assertThat(reference.tagOrDigest()).isEqualTo(tag == null ? "latest" : tag);
        assertThat(Reference.parse(reference.toString())).isEqualTo(reference);
    }

    @Test
    void parsesDigests() {
        String sha256 = "sha256:" + F64;
        String sha512 = "sha512:" + F64 + F64;

        assertThat(Reference.parse("test:5000/repo@" + sha256).tagOrDigest()).isEqualTo(sha256);
        assertThat(Reference.parse("xn--7o8h.com/myimage:xn--7o8h.com@" + sha512)
                        .digest())
                .contains(new Digest(sha512));
        assertThat(Reference.parse("busybox:latest@" + sha256))
                .hasToString("docker.io/library/busybox:latest@" + sha256);
    }

    @Test
    void acceptsLongestName() {
        String longest = "a/".repeat(127) + "a";

        assertThat(Reference.parse("host.io/" + longest + ":tag-puts-this-over-max")
                        .repository()
                        .value())
                .isEqualTo(longest);
        assertThatThrownBy(() -> Reference.parse("host.io/a/" + longest)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":justtag",
                "@sha256:" + "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
                "repo@sha256:ffffffffffffffffffffffffffffffffff",
                "validname@invaliddigest:ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
                "Uppercase:tag",
                "test:5000/Uppercase/lowercase:tag",
                "aa/asdf$$^/aa",
                "[2001:db8::1]",
                "[2001:db8::1]:5000",
                "[2001:db8::1]:tag",
                "[fe80::1%eth0]:5000/repo",
                "[fe80::1%@invalidzone]:5000/repo",
                "https://github.com/docker/docker",
                "docker/Docker",
                "-docker",
                "-docker/docker",
                "-docker.io/docker/docker",
                "docker///docker",
                "docker.io/docker/Docker",
                "docker.io/docker///docker",
                "fc00::1:5000/debian",
                "[2001:db8:3:4::192.0.2.33]:5000/debian",
                IMAGE_ID,
                "-foo",
                "sha256:" + IMAGE_ID + "/a",
                "docker-/docker",
                "-docker-/docker",
                "____/____",
                "_docker/_docker",
                "dock..er/docker",
                "dock_.er/docker",
                "dock-.er/docker",
                "docker/",
                "busybox:-foo",
                "busybox:",
                "busybox@",
                "host.io:99999/name",
                "host.io/../etc/passwd",
                "host.io/a\n",
                "host.io/a:1\u001b[31m",
            })
    void refusesInvalidReferences(String text) {
        assertThatThrownBy(() -> Reference.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .doesNotContain("\u001b", "\n");
    }

    @ParameterizedTest
    @MethodSource
    void refusesHugeInputWithShortMessage(String text) {
        assertThatThrownBy(() -> Reference.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .hasSizeLessThan(300);
    }

    static Stream<String> refusesHugeInputWithShortMessage() {
        int huge = 1 << 20;
        return Stream.of(
                "a.".repeat(huge) + "b/c",
                "a".repeat(huge) + ".b/c!",
                "a/".repeat(huge),
                "a-".repeat(huge),
                "a:" + "b".repeat(huge),
                "a@sha256:" + "b".repeat(huge),
                "[" + ":".repeat(huge) + "]/a");
    }
}
