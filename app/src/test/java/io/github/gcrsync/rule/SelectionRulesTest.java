package io.github.gcrsync.rule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SelectionRulesTest {
    private static final SelectionRules DEFAULTS = SelectionRules.of(true, List.of(), List.of(), Optional.empty());

    @ParameterizedTest
    @ValueSource(strings = {"kube-proxy-arm", "kube-proxy-arm64", "etcd-ppc64le", "etcd-s390x", "a/b-arm/c"})
    void otherPlatformsAreLeftOut(String repository) {
        assertThat(DEFAULTS.excludesRepository(repository))
                .contains("repository name contains -arm, -ppc or -s390x (--exclude-repository)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"kube-proxy", "alarm", "arm", "kube-proxy-amd64", "s390x"})
    void otherNamesAreTaken(String repository) {
        assertThat(DEFAULTS.excludesRepository(repository)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "1.0-alpha.1, 'tag contains alpha, beta, rc or test, as latest does (--exclude-tag)'",
        "v1-beta, 'tag contains alpha, beta, rc or test, as latest does (--exclude-tag)'",
        "1.19.0-rc.3, 'tag contains alpha, beta, rc or test, as latest does (--exclude-tag)'",
        // The original's rule is as coarse as this, and the name of the newest image falls under it.
        "latest, 'tag contains alpha, beta, rc or test, as latest does (--exclude-tag)'",
        "1234567890123, tag is longer than 12 characters (--max-tag-length)"
    })
    void tagsAreLeftOutForTheFirstReasonThatFits(String tag, String reason) {
        assertThat(DEFAULTS.excludesTag(tag)).contains(reason);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.0", "v1.19.0", "123456789012", "RC1"})
    void otherTagsAreTaken(String tag) {
        assertThat(DEFAULTS.excludesTag(tag)).isEmpty();
    }

    @Test
    void aGivenRuleTakesThePlaceOfItsDefaultOnly() {
        SelectionRules rules = SelectionRules.of(
                true, List.of(Pattern.compile("^etcd$")), List.of(Pattern.compile("^v0")), Optional.of(3));

        assertThat(rules.excludesRepository("etcd")).contains("repository name matches ^etcd$ (--exclude-repository)");
        assertThat(rules.excludesRepository("etcd-arm")).isEmpty();
        assertThat(rules.excludesTag("v0.1")).contains("tag matches ^v0 (--exclude-tag)");
        assertThat(rules.excludesTag("rc1")).isEmpty();
        assertThat(rules.excludesTag("1.10")).contains("tag is longer than 3 characters (--max-tag-length)");
    }

    @Test
    void withoutDefaultsOnlyTheGivenRulesCount() {
        SelectionRules rules = SelectionRules.of(false, List.of(), List.of(Pattern.compile("x")), Optional.empty());

        assertThat(rules.excludesRepository("a-arm")).isEmpty();
        assertThat(rules.excludesTag("latest")).isEmpty();
        assertThat(rules.excludesTag("a".repeat(128))).isEmpty();
        assertThat(rules.excludesTag("x1")).contains("tag matches x (--exclude-tag)");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1})
    void noLengthIsTooLongWhenTheRuleIsSwitchedOff(int length) {
        SelectionRules rules = SelectionRules.of(true, List.of(), List.of(), Optional.of(length));

        assertThat(rules.excludesTag("1".repeat(128))).isEmpty();
    }
}
