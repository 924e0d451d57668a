package io.github.gcrsync.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Locale;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Compares the parser with an independent implementation of the grammar of distribution/reference. */
final class ReferencePropertiesTest {
    private static final String COMPONENT = "[a-z0-9]+(?:(?:[.]|__|_|-+)[a-z0-9]+)*";
    private static final String LABEL = "(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])";
    private static final String DOMAIN =
            "(?:" + LABEL + "(?:[.]" + LABEL + ")*|\\[[a-fA-F0-9:]+])(?::(?<port>[0-9]+))?";

    private static final Pattern WHOLE = Pattern.compile("(?<domain>" + DOMAIN + ")/(?<path>" + COMPONENT + "(?:/"
            + COMPONENT + ")*)(?::[\\w][\\w.-]{0,127})?"
            + "(?:@(?:sha256:[a-f0-9]{64}|sha512:[a-f0-9]{128}))?");

    @Property
    void parsesItsOwnTextForm(@ForAll("likeReferences") String text) {
        if (isReference(text)) {
            Reference reference = Reference.parse(text);

            assertThat(Reference.parse(reference.toString())).isEqualTo(reference);
        }
    }

    @Property(tries = 5000)
    void acceptsExactlyTheGrammar(@ForAll("likeReferences") String text) {
        if (isReference(text)) {
            Reference.parse(text);
        } else {
            assertThatThrownBy(() -> Reference.parse(text))
                    .as(text)
                    .isInstanceOf(IllegalArgumentException.class)
                    .message()
                    .hasSizeLessThan(300);
        }
    }

    @Property(tries = 5000)
    void parsesOrRefusesAnyText(@ForAll String text) {
        try {
            Reference.parse(text);
        } catch (IllegalArgumentException e) {
            assertThat(e).isExactlyInstanceOf(IllegalArgumentException.class);
            assertThat(isReference(text)).as(text).isFalse();
        }
    }

    @Provide
    Arbitrary<String> likeReferences() {
        Arbitrary<String> hosts = Arbitraries.of(
                "",
                "",
                "docker.io/",
                "index.docker.io/",
                "localhost/",
                "localhost:5000/",
                "gcr.io/",
                "GCR/",
                "a-.b/",
                "[::1]:5000/",
                "[fe80::1%eth0]/",
                "127.0.0.1:65536/",
                "127.0.0.1:065/",
                "h:/",
                "test_com/",
                "-a.b/");
        Arbitrary<String> names = Arbitraries.of(
                        "a",
                        "9",
                        "library",
                        "ab-c",
                        "a__b",
                        "a_b",
                        "a.b",
                        "a---b",
                        "a___b",
                        "a..b",
                        "a_",
                        "_a",
                        "A",
                        "",
                        "é",
                        "..",
                        "a b",
                        "0123456789abcdef".repeat(4),
                        "x".repeat(250))
                .list()
                .ofMinSize(1)
                .ofMaxSize(4)
                .map(parts -> String.join("/", parts));
        Arbitrary<String> tags = Arbitraries.of(
                "",
                "",
                ":latest",
                ":_",
                ":-x",
                ":",
                ":A.b-c",
                ":" + "t".repeat(128),
                ":" + "t".repeat(129),
                ":é",
                ":a:b",
                ":a/b");
        Arbitrary<String> digests = Arbitraries.of(
                "",
                "",
                "",
                "@",
                "@sha256:" + "0a".repeat(32),
                "@sha512:" + "0a".repeat(64),
                "@sha256:" + "0A".repeat(32),
                "@sha256:" + "0a".repeat(33),
                "@md5:" + "0a".repeat(16));
        return Combinators.combine(hosts, names, tags, digests).as((h, n, t, d) -> h + n + t + d);
    }

    /** Applies Docker's normalization, then the grammar, then checks port and known digests. */
    private static boolean isReference(String text) {
        if (text.matches("[a-f0-9]{64}")) {
            return false; // An image ID.
        }
        int slash = text.indexOf('/');
        String first = slash < 0 ? "" : text.substring(0, slash);
        boolean isHost = first.contains(".")
                || first.contains(":")
                || first.equals("localhost")
                || !first.equals(first.toLowerCase(Locale.ROOT));
        String host = isHost ? first : "docker.io";
        String rest = isHost ? text.substring(slash + 1) : text;
        boolean isHub = host.equals("docker.io") || host.equals("index.docker.io");
        if (isHub && rest.indexOf('/') < 0) {
            rest = "library/" + rest;
        }
        var parts = WHOLE.matcher(host + "/" + rest);
        return parts.matches()
                && parts.group("path").length() <= 255
                && (parts.group("port") == null || Integer.parseInt(parts.group("port")) <= 65_535);
    }
}
