package io.github.gcrsync.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.content.Listing.ListedTag;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.rule.TagSelection.Decision;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SelectionRulesTest {
    private static final SelectionRules DEFAULTS = rules(true, List.of(), List.of(), Optional.empty());

    private static SelectionRules rules(
            boolean defaults, List<Pattern> repositories, List<Pattern> tags, Optional<Integer> longestTag) {
        return SelectionRules.of(defaults, repositories, tags, longestTag, List.of(), TagSelection.ALL, List.of());
    }

    private static Optional<String> excludesTag(SelectionRules rules, String tag) {
        return refusal(decisions(rules, "name", tag).get(tag));
    }

    private static Optional<String> excludesRepository(SelectionRules rules, String name) {
        return refusal(decisions(rules, name, "1").get("1"));
    }

    private static Map<String, Decision> decisions(SelectionRules rules, String name, String... tags) {
        return rules.decide(
                new RepositoryName(name),
                Stream.of(tags).map(tag -> new ListedTag(tag, Optional.empty())).toList(),
                TagAges.NONE);
    }

    private static Optional<String> refusal(@Nullable Decision decision) {
        Decision made = Objects.requireNonNull(decision);
        return made.isWanted() ? Optional.empty() : Optional.of(made.rule());
    }

    @ParameterizedTest
    @ValueSource(strings = {"kube-proxy-arm", "kube-proxy-arm64", "etcd-ppc64le", "etcd-s390x", "a/b-arm/c"})
    void excludesOtherPlatforms(String repository) {
        assertThat(excludesRepository(DEFAULTS, repository))
                .contains("repository name contains -arm, -ppc or -s390x (--exclude-repository)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"kube-proxy", "alarm", "arm", "kube-proxy-amd64", "s390x"})
    void includesOtherNames(String repository) {
        assertThat(excludesRepository(DEFAULTS, repository)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "1.0-alpha.1, 'tag contains alpha, beta, rc or test, as latest does (--exclude-tag)'",
        "v1-beta, 'tag contains alpha, beta, rc or test, as latest does (--exclude-tag)'",
        "1.19.0-rc.3, 'tag contains alpha, beta, rc or test, as latest does (--exclude-tag)'",
        // The original's rule is this broad, and matches the tag of the newest image.
        "latest, 'tag contains alpha, beta, rc or test, as latest does (--exclude-tag)'",
        "1234567890123, tag is longer than 12 characters (--max-tag-length)"
    })
    void excludesTagsByFirstMatchingRule(String tag, String reason) {
        assertThat(excludesTag(DEFAULTS, tag)).contains(reason);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.0", "v1.19.0", "123456789012", "RC1"})
    void includesOtherTags(String tag) {
        assertThat(excludesTag(DEFAULTS, tag)).isEmpty();
    }

    @Test
    void replacesOnlyItsOwnDefault() {
        SelectionRules rules =
                rules(true, List.of(Pattern.compile("^etcd$")), List.of(Pattern.compile("^v0")), Optional.of(3));

        assertThat(excludesRepository(rules, "etcd")).contains("repository name matches ^etcd$ (--exclude-repository)");
        assertThat(excludesRepository(rules, "etcd-arm")).isEmpty();
        assertThat(excludesTag(rules, "v0.1")).contains("tag matches ^v0 (--exclude-tag)");
        assertThat(excludesTag(rules, "rc1")).isEmpty();
        assertThat(excludesTag(rules, "1.10")).contains("tag is longer than 3 characters (--max-tag-length)");
    }

    @Test
    void appliesOnlyGivenRulesWithoutDefaults() {
        SelectionRules rules = rules(false, List.of(), List.of(Pattern.compile("x")), Optional.empty());

        assertThat(excludesRepository(rules, "a-arm")).isEmpty();
        assertThat(excludesTag(rules, "latest")).isEmpty();
        assertThat(excludesTag(rules, "a".repeat(128))).isEmpty();
        assertThat(excludesTag(rules, "x1")).contains("tag matches x (--exclude-tag)");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1})
    void acceptsAnyLengthIfRuleIsOff(int length) {
        SelectionRules rules = rules(true, List.of(), List.of(), Optional.of(length));

        assertThat(excludesTag(rules, "1".repeat(128))).isEmpty();
    }

    private static SelectionRules naming(String... images) {
        return SelectionRules.of(
                true,
                List.of(),
                List.of(),
                Optional.empty(),
                List.of(),
                TagSelection.ALL,
                Stream.of(images)
                        .map(image -> NamedImage.parse(image, TagSelection.ALL))
                        .toList());
    }

    @Test
    void excludesRepositoriesThatAreNotNamed() {
        assertThat(excludesRepository(naming("a"), "b")).contains("repository is not named (images)");
        assertThat(excludesRepository(naming("a"), "a")).isEmpty();
    }

    @Test
    void appliesTagRulesToNamedRepositoryButNotToNamedTag() {
        Map<String, Decision> decisions = decisions(naming("a", "a:latest"), "a", "1.0", "latest", "1.0-beta");

        assertThat(decisions)
                .hasEntrySatisfying(
                        "1.0", decision -> assertThat(decision.isWanted()).isTrue());
        assertThat(decisions)
                .hasEntrySatisfying(
                        "latest", decision -> assertThat(decision.isWanted()).isTrue());
        assertThat(decisions)
                .hasEntrySatisfying(
                        "1.0-beta", decision -> assertThat(decision.isWanted()).isFalse());
    }
}
