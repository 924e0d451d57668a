package io.github.gcrsync.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Parses challenges in every form that RFC 9110 allows. */
final class ChallengePropertiesTest {
    @Property
    void parsesChallengesInAnyForm(@ForAll("challenges") List<Challenge> challenges, @ForAll int style) {
        assertThat(Challenge.parse(written(challenges, style))).isEqualTo(challenges);
    }

    @Property(tries = 5000)
    void parsesAnyTextWithoutErrorOrInvention(@ForAll("likeChallenges") String text) {
        int length = 0;
        for (Challenge challenge : Challenge.parse(text)) {
            assertThat(challenge.scheme()).isNotEmpty();
            length += challenge.scheme().length();
            for (Map.Entry<String, String> parameter : challenge.parameters().entrySet()) {
                length += parameter.getKey().length() + parameter.getValue().length();
            }
        }
        assertThat(length).isLessThanOrEqualTo(text.toLowerCase(Locale.ROOT).length());
    }

    @Provide
    Arbitrary<List<Challenge>> challenges() {
        Arbitrary<String> names = Arbitraries.of("realm", "service", "scope", "error", "x-y", "charset");
        Arbitrary<String> values = Arbitraries.oneOf(
                Arbitraries.of(
                        "https://auth.example/token?a=b", "repository:a/b:pull,push", "", "\"", "\\", "a, B=\"c\""),
                Arbitraries.strings().withCharRange(' ', '~').ofMaxLength(30));
        Arbitrary<String> schemes = Arbitraries.of("basic", "bearer", "negotiate", "digest", "gss-x");
        return Combinators.combine(schemes, Arbitraries.maps(names, values).ofMaxSize(4))
                .as(Challenge::new)
                .list()
                .ofMaxSize(4);
    }

    @Provide
    Arbitrary<String> likeChallenges() {
        Arbitrary<String> pieces = Arbitraries.of(
                "Bearer", "basic", "realm", "=", "\"", ",", " ", "\\", "https://a/b", "\u0000", "é", "\t", "İ");
        return Arbitraries.oneOf(
                Arbitraries.strings(), pieces.list().ofMaxSize(30).map(parts -> String.join("", parts)));
    }

    /** Bits of the style select case, spaces, empty list elements, and quoted values. */
    private static String written(List<Challenge> challenges, int style) {
        List<String> texts = new ArrayList<>();
        for (Challenge challenge : challenges) {
            String scheme =
                    (style & 1) == 0 ? challenge.scheme() : challenge.scheme().toUpperCase(Locale.ROOT);
            texts.add((scheme + " "
                            + challenge.parameters().entrySet().stream()
                                    .map(parameter -> written(parameter, style))
                                    .collect(Collectors.joining((style & 2) == 0 ? "," : " ,\t, ")))
                    .strip());
        }
        return ((style & 4) == 0 ? "" : " , ") + String.join((style & 8) == 0 ? ", " : " ,,", texts);
    }

    private static String written(Map.Entry<String, String> parameter, int style) {
        String name =
                (style & 16) == 0 ? parameter.getKey() : parameter.getKey().toUpperCase(Locale.ROOT);
        String value = parameter.getValue();
        boolean isToken = value.matches("[A-Za-z0-9!#$%&'*+.^_`|~-]+");
        String text = isToken && (style & 32) == 0
                ? value
                : "\"" + value.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
        return name + ((style & 64) == 0 ? "=" : " = ") + text;
    }
}
