package io.github.gcrsync.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gcrsync.content.Location;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.prune.PruneRule;
import io.github.gcrsync.prune.PruneRule.When;
import io.github.gcrsync.rule.AgeLimits;
import io.github.gcrsync.rule.AgeLimits.FirstRun;
import io.github.gcrsync.rule.MirrorRule;
import io.github.gcrsync.rule.MirrorRule.RequiredSignature;
import io.github.gcrsync.rule.NamePattern;
import io.github.gcrsync.rule.NamedImage;
import io.github.gcrsync.rule.NamedImage.One;
import io.github.gcrsync.rule.NamedImage.Tags;
import io.github.gcrsync.rule.TagSelection;
import io.github.gcrsync.rule.TagSelection.Per;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Mirrors of gcrsync.yaml: their rules, where values come from, and errors with positions. */
final class MirrorsTest {
    private static final String DIGEST = "sha256:" + "ab".repeat(32);
    private static final String MINIMAL =
            "mirrors:\n  - {name: base, source: docker.io, destination: 'oci:mirror'%s}\n";

    @TempDir
    Path folder;

    @Test
    void readsEveryKeyOfMirror() throws IOException {
        MirrorRule rule = only("""
                mirrors:
                  - name: team/all
                    source: quay.io/team
                    destination: harbor.example.com/mirror
                    repositories: [api, "worker-*", "!/.*-dev/"]
                    tags: {exclude: "*-debug", versions: ">=1.26 <2", variants: ["", alpine], prereleases: true,
                      newest: 2, by: version, per: minor, always: [stable], include: "[0-9]*", at-least: 1,
                      min-age: 1d12h, first-run: wait, max-age: 90d}
                    fixed: ["/v\\\\d+/"]
                    moved: keep
                    name-template: "{repository.last}:{tag}"
                    require-signature: {keys: [a.pub, "env:KEY"], match: all, platforms: true}
                    processcount: 7
                """);

        assertThat(rule.name()).contains("team/all");
        assertThat(rule.source()).hasToString("quay.io/team");
        assertThat(rule.destination()).isEqualTo(Location.parse("harbor.example.com/mirror"));
        assertThat(rule.selection().patterns()).map(Object::toString).containsExactly("api", "worker-*", "!/.*-dev/");
        TagSelection tags = rule.selection().selected();
        assertThat(tags.exclude()).map(NamePattern::text).containsExactly("*-debug");
        assertThat(tags.versions()).hasToString("Optional[>=1.26 <2]");
        assertThat(tags.variants().orElseThrow()).map(NamePattern::text).containsExactly("", "alpine");
        assertThat(tags.prereleases()).contains(true);
        assertThat(tags.newest()).contains(2);
        assertThat(tags.per()).isEqualTo(Per.MINOR);
        assertThat(tags.always()).map(NamePattern::text).containsExactly("stable");
        assertThat(tags.atLeast()).isEqualTo(1);
        assertThat(tags.ages())
                .isEqualTo(new AgeLimits(
                        Optional.of(Duration.ofHours(36)), FirstRun.WAIT, Optional.of(Duration.ofDays(90))));
        assertThat(rule.moves().isFixed("v7")).isTrue();
        assertThat(rule.moves().areFollowed()).isFalse();
        assertThat(rule.naming()).hasToString("{repository.last}:{tag}");
        assertThat(rule.signature()).isEqualTo(new RequiredSignature(List.of("a.pub", "env:KEY"), true, true));
        assertThat(rule.maxCopies()).isEqualTo(7);
    }

    @Test
    void excludesAndLimitsNothingByDefault() throws IOException {
        MirrorRule rule = only(MINIMAL.formatted(""));

        assertThat(rule.selection().tags()).isEmpty();
        assertThat(rule.selection().repositories()).isEmpty();
        assertThat(rule.selection().longestTag()).isEmpty();
        assertThat(rule.selection().selected()).isEqualTo(TagSelection.ALL);
        assertThat(rule.selection().listsSource()).isTrue();
        assertThat(rule.maxCopies()).isEqualTo(-1);
        assertThat(rule.moves().areFollowed()).isTrue();
    }

    @Test
    void readsEveryFormOfImage() throws IOException {
        MirrorRule rule = only("""
                selections:
                  recent: {versions: ">=1", newest: 3}
                mirrors:
                  - name: base
                    source: docker.io
                    destination: oci:mirror
                    tags: {newest: 5}
                    images:
                      - nginx: {newest: 2}
                      - bitnami/redis: recent
                      - alpine:3.20
                      - node
                      - busybox@%1$s
                      - library/bash:5.2@%1$s
                """.formatted(DIGEST));

        List<NamedImage> images = rule.selection().images();
        assertThat(images)
                .map(image -> image.repository().value())
                .containsExactly(
                        "library/nginx",
                        "bitnami/redis",
                        "library/alpine",
                        "library/node",
                        "library/busybox",
                        "library/bash");
        assertThat(images.subList(0, 2)).map(MirrorsTest::newest).containsExactly(2, 3);
        assertThat(newest(images.get(3))).isEqualTo(5);
        assertThat(images.subList(4, 6)).map(image -> ((One) image).reference()).containsExactly(DIGEST, "5.2");
        assertThat(rule.selection().listsSource()).isFalse();
    }

    private static int newest(NamedImage image) {
        return ((Tags) image).selection().newest().orElseThrow();
    }

    @Test
    void keepsNamesWithoutSlashBelowPathAndAtOtherRegistries() throws IOException {
        assertThat(only("mirrors: [{name: a, source: quay.io, destination: 'oci:m', images: api}]")
                        .selection()
                        .images())
                .map(NamedImage::repository)
                .containsExactly(new RepositoryName("api"));
        assertThat(only("mirrors: [{name: a, source: docker.io/you, destination: 'oci:m', images: api}]")
                        .selection()
                        .images())
                .map(NamedImage::repository)
                .containsExactly(new RepositoryName("api"));
    }

    @Test
    void replacesDefaultsByOwnKeys() throws IOException {
        List<MirrorDefinition> mirrors = read("""
                defaults: {destination: "oci:all", repositories: [a], fixed: v1, processcount: 3}
                mirrors:
                  - {name: one, source: quay.io}
                  - {name: two, source: quay.io, destination: "oci:two", repositories: [b, c], processcount: -1}
                """).definitions();

        assertThat(mirrors)
                .map(mirror -> mirror.rules().getFirst().destination().toString())
                .containsExactly("oci:all", "oci:two");
        assertThat(mirrors)
                .map(mirror -> mirror.rules().getFirst().selection().patterns().size())
                .containsExactly(1, 2);
        assertThat(mirrors)
                .map(mirror -> mirror.rules().getFirst().moves().isFixed("v1"))
                .containsExactly(true, true);
        assertThat(mirrors).map(mirror -> mirror.rules().getFirst().maxCopies()).containsExactly(3, -1);
    }

    @Test
    void readsWhatMayBeDeleted() throws IOException {
        List<MirrorDefinition> mirrors = read("""
                defaults: {destination: "oci:all", prune: {after: 30d, apply: true}}
                mirrors:
                  - {name: one, source: quay.io}
                  - name: two
                    source: quay.io
                    prune: {when: [gone, unselected], after: 0s, at-most: 2.5%, keep: ["v1.*", "a:*"], apply: false}
                """).definitions();

        PruneRule one = mirrors.getFirst().prune();
        assertThat(one.when()).containsExactly(When.GONE);
        assertThat(one.after()).isEqualTo(Duration.ofDays(30));
        assertThat(one.limit()).isEqualTo("10%");
        assertThat(one.apply()).isTrue();
        PruneRule two = mirrors.getLast().prune();
        assertThat(two.when()).containsExactlyInAnyOrder(When.GONE, When.UNSELECTED);
        assertThat(two.after()).isZero();
        assertThat(two.isExceededBy(1, 40)).isFalse();
        assertThat(two.isExceededBy(2, 40)).isTrue();
        assertThat(two.isExceededBy(1, 1)).isFalse();
        assertThat(two.keeps("b:v1.2", "v1.2")).isTrue();
        assertThat(two.keeps("a:x", "x")).isTrue();
        assertThat(two.keeps("b:x", "x")).isFalse();
        assertThat(two.apply()).isFalse();
    }

    @Test
    void refusesWhatMayNotBeDeletedLikeThis() throws IOException {
        assertThat(read(MINIMAL.formatted(", prune: {when: old, after: soon, at-most: 10, kep: x, apply: perhaps}"))
                        .errors())
                .hasSize(5)
                .anySatisfy(error -> assertThat(error).contains("'when'", "'old' is neither gone nor unselected"))
                .anySatisfy(error -> assertThat(error).contains("'after'", "'soon' is not an age"))
                .anySatisfy(error -> assertThat(error).contains("'at-most'", "'10' is not a percentage"))
                .anySatisfy(error -> assertThat(error).contains("'kep'", "keep"))
                .anySatisfy(error -> assertThat(error).contains("'apply'"));
        assertThat(read(MINIMAL.formatted(", prune: true")).errors())
                .singleElement()
                .asString()
                .contains("'prune'");
        assertThat(read(MINIMAL.formatted(", prune: {at-most: 101%}")).errors()).hasSize(1);
    }

    @Test
    void joinsExcludeOfDefaultsMirrorAndImage() throws IOException {
        MirrorRule rule = only("""
                selections:
                  plain: {exclude: ["*-slim"], newest: 1}
                defaults:
                  destination: oci:mirror
                  tags: {exclude: ["*-debug"], newest: 9}
                mirrors:
                  - name: base
                    source: quay.io
                    tags: plain
                    images:
                      - a
                      - b: {exclude: ["*-windows*"]}
                """);

        assertThat(excluded(rule.selection().selected())).isEqualTo("*-debug *-slim");
        assertThat(rule.selection().selected().newest()).contains(1);
        assertThat(rule.selection().images())
                .map(image -> excluded(((Tags) image).selection()))
                .containsExactly("*-debug *-slim", "*-debug *-slim *-windows*");
        assertThat(((Tags) rule.selection().images().getLast()).selection().newest())
                .isEmpty();
    }

    private static String excluded(TagSelection selection) {
        return selection.exclude().stream().map(NamePattern::text).collect(Collectors.joining(" "));
    }

    @Test
    void takesFlagsOfWholeRun() throws IOException {
        String text = """
                mirrors:
                  - {name: one, source: quay.io, destination: "oci:one"}
                  - {name: two, source: quay.io, destination: "oci:two", processcount: 5}
                """;

        List<MirrorRule> rules =
                Mirrors.read(root(text), new WholeRun(Optional.of(50), true, true, true)).definitions().stream()
                        .map(definition -> definition.rules().getFirst())
                        .toList();

        assertThat(rules).map(MirrorRule::maxCopies).containsExactly(50, 5);
        assertThat(rules)
                .allMatch(MirrorRule::checkDestination)
                .allMatch(MirrorRule::checkReferrers)
                .allMatch(MirrorRule::retryQuarantined);
    }

    @Test
    void showsEachValueWithItsOrigin() throws IOException {
        List<String> shown = read("""
                selections:
                  recent: {newest: 3}
                defaults:
                  destination: oci:mirror
                  tags: {exclude: x}
                mirrors:
                  - name: base
                    source: quay.io
                    images:
                      - a: recent
                      - b:1
                    tags: {exclude: [y, z], newest: 1}
                """).definitions().getFirst().values().stream()
                .map(value -> (value.isNested() ? "  " : "") + value.key() + " " + value.value() + " "
                        + value.origin().replaceFirst(".*gcrsync.yaml:", ""))
                .toList();

        assertThat(shown)
                .containsExactly(
                        "name base 7:11",
                        "source quay.io 8:13",
                        "destination oci:mirror 4:16",
                        "images a 10:9",
                        "  newest 3 2:20",
                        "images b:1 11:9",
                        "repositories not set default",
                        "tags as follows 12:11",
                        "  exclude x 5:19",
                        "  exclude y, z 12:21",
                        "  newest 1 12:37",
                        "fixed not set default",
                        "moved follow default",
                        "name-template {repository}:{tag} default",
                        "platforms not set default",
                        "index sparse default",
                        "require-signature not set default",
                        "referrers true default",
                        "processcount -1 default",
                        "prune not set default",
                        "schedule not set default",
                        "zone not set default",
                        "notify not set default");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "mirrors: {base: {source: quay.io}} | 1:10: 'mirrors' takes a list; begin each mirror with '- name: NAME'",
                "mirrors: [] | 1:10: 'mirrors' takes a list",
                "mirrors: [base] | 1:11: 'mirrors' takes keys with values",
                "defaults: {moved: keep} | 1:1: 'defaults' needs the key 'mirrors' in the same file",
                "mirrors: [{source: quay.io, destination: 'oci:m'}] | 1:11: this mirror has no 'name'; write name: NAME",
                "mirrors: [{name: a, destination: 'oci:m'}] | 1:11: this mirror has no 'source'; write source: HOST, HOST/PATH or oci:DIR",
                "mirrors: [{name: a, source: quay.io}] | 1:11: this mirror has no 'destination'; write destination: HOST/PATH or oci:DIR, here or in 'defaults'",
                "mirrors: [{name: a, source: nginx, destination: 'oci:m'}] | 1:29: 'source': 'nginx' names no registry host",
                "mirrors: [{name: a, source: 'oci:', destination: 'oci:m'}] | 1:29: 'source': 'oci:' names no folder; write oci:DIR",
                "mirrors: [{name: a, source: 'oci:x', destination: 'oci:x/y'}] | 1:11: the destination oci:x/y and the source oci:x are the same folder, or one contains the other",
                "mirrors: [{name: a, source: 'oci:x', destination: 'oci:y', name-template: '{registry}/{repository}'}] | 1:11: the name template {registry}/{repository}:{tag} contains {registry}, and the source oci:x is a folder",
                "mirrors: [{name: a, source: quay.io, destination: 'me:s3cret@quay.io/x'}] | 1:51: 'destination': a user and a password do not belong in a file; use docker login",
                "mirrors: [{name: a, source: quay.io/x, destination: quay.io/x}] | 1:11: the destination quay.io/x is the source: choose a destination outside quay.io/x or below it",
                "mirrors: [{name: ../a, source: quay.io, destination: 'oci:m'}] | 1:18: 'name': '../a' is not a name; use a-z",
                "mirrors: [{name: a/.git, source: quay.io, destination: 'oci:m'}] | 'a/.git' is not a name",
                "mirrors: [{name: a//b, source: quay.io, destination: 'oci:m'}] | 'a//b' is not a name",
                "mirrors: [{name: A, source: quay.io, destination: 'oci:m'}] | 'A' is not a name",
                "mirrors: [{name: a, nmae: b, source: quay.io, destination: 'oci:m'}] | 1:21: unknown key 'nmae'; did you mean name?",
                "mirrors: [{name: a, source: quay.io, destination: 'oci:m', newest: 3}] | 1:60: unknown key 'newest'; it belongs to 'tags', such as tags: {newest: ...}",
                "mirrors: [{name: a, source: quay.io, namespace: b, destination: 'oci:m'}] | 1:38: unknown key 'namespace'; write source: HOST/NAMESPACE",
                "defaults: {name: a}\\nmirrors: [{name: a, source: quay.io, destination: 'oci:m'}] | 1:12: unknown key 'name'; each mirror needs a name of its own",
                "defaults: {processcount: many}\\nmirrors: [{name: a, source: quay.io, destination: 'oci:m', processcount: 1}] | 1:26: 'processcount': 'many' is not a number",
                "selections: {recent: {newest: 0}}\\nmirrors: [{name: a, source: quay.io, destination: 'oci:m'}] | 1:31: 'newest': '0' is not a number from 1 to 999999",
                "selections: {recent: {newest: 1}}\\nmirrors: [{name: a, source: quay.io, destination: 'oci:m', tags: recnet}] | 2:66: there is no selection 'recnet'; did you mean recent?",
                "mirrors: [{name: a, source: quay.io, destination: 'oci:m'}, {name: a, source: quay.io, destination: 'oci:n'}] | 1:68: another mirror has the name 'a' already"
            })
    void reportsWrongMirrorWithPosition(String text, String words) throws IOException {
        assertThat(read(text.replace("\\n", "\n")).errors())
                .first()
                .asString()
                .startsWith(folder.toString())
                .contains(words)
                .doesNotContain("s3cret");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "images: [library/alpine: 3.20] | there is no selection '3.20'; for the tag write library/alpine:3.20 without a blank",
                "images: [docker.io/library/alpine] | images are named below the source docker.io; write library/alpine",
                "images: [index.docker.io/library/alpine:1] | images are named below the source docker.io; write library/alpine:1",
                "images: [{library/alpine: }] | 'library/alpine' has no selection; for the tags that 'tags' selects, remove the colon",
                "images: [{library/alpine: , newest: 3}] | 'newest' belongs to the selection of library/alpine; indent it further",
                "images: [{a: {newest: 1}, b: {newest: 2}}] | 'b' is a second image in one list item; begin its line with '- '",
                "images: [{'a:1': {newest: 1}}] | only a name without tag and digest has a selection",
                "images: [{a: [b]}] | 'a' takes the name of a selection, or keys such as {newest: 3}",
                "images: [{}] | an image is missing",
                "images: [[a]] | 'images' takes one value",
                "images: [] | 'images' is an empty list; remove the key or add a value",
                "images: [A] | 'images': not a repository name: library/A",
                "images: ['a:b:c'] | 'images': not a tag: b:c",
                "images: ['a@sha256:12'] | 'images': not a sha256 or sha512 digest: sha256:12",
                "repositories: ['/(/'] | 'repositories': /(/ is not a regular expression",
                "tags: {newst: 3} | unknown key 'newst'; did you mean newest?",
                "tags: {per: minr} | 'per': 'minr' is not one of variant, minor, repository; did you mean minor?",
                "tags: {versions: 'about 1'} | 'versions': 'about 1' is not a version",
                "tags: {prereleases: 'yes'} | 'prereleases' takes true or false",
                "tags: {min-age: 3} | 'min-age': '3' is not an age; write days, hours, minutes and seconds, such as 3d, 12h or 1d12h",
                "tags: {max-age: -3d} | 'max-age': '-3d' is not an age",
                "tags: {min-age: 3d, max-age: 72h} | min-age 3d is not shorter than max-age 3d, so no tag would ever be selected; change one of them",
                "tags: {min-age: 3d, first-run: never} | 'first-run': 'never' is not one of accept, wait",
                "tags: {always: [true]} | 'always' does not take true or false; quote it if it is a name",
                "tags: {newest: } | 'newest' has no value; remove the key or add a value",
                "moved: never | 'moved': 'never' is not one of follow, keep",
                "name-template: x | 'name-template': without {repository} all images would get the same name",
                "name-template: '{namespace}/{repository}' | the source docker.io has no path"
            })
    void reportsWrongKeyWithPosition(String key, String words) throws IOException {
        assertThat(read(MINIMAL.formatted(", " + key)).errors())
                .first()
                .asString()
                .startsWith(folder + "/gcrsync.yaml:2:")
                .contains(words);
    }

    @Test
    void reportsNameWithPathOfSource() throws IOException {
        assertThat(read("mirrors: [{name: a, source: quay.io/team, destination: 'oci:m', images: team/api}]")
                        .errors())
                .singleElement()
                .asString()
                .contains("images are named below the source quay.io/team; write api");
        assertThat(read("mirrors: [{name: a, source: quay.io/team, destination: 'oci:m', images: quay.io/other/api}]")
                        .errors())
                .singleElement()
                .asString()
                .contains("quay.io/other/api is not below the source quay.io/team");
    }

    @Test
    void reportsAllErrorsAtOnceAndEachOnce() throws IOException {
        assertThat(read("""
                defaults: {destination: "oci:m", tags: {newest: 0}}
                mirrors:
                  - {name: a, source: quay.io}
                  - {name: b, source: quay.io, moved: x}
                """).errors()).hasSize(2);
        assertThat(read("mirrors:\n" + "  - {nam: a}\n".repeat(5000)).errors())
                .hasSize(101)
                .last()
                .asString()
                .endsWith("gcrsync.yaml: there are more errors; fix these first");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "mirrors: [&a {name: a}, *a] | 1:11: anchors and tags are not supported",
                "mirrors: [{name: a, repositories: [!x ]}] | quote text that begins with",
                "mirrors: [{name: a, tags: {exclude: [*-debug]}}] | 1:38: anchors and tags are not supported; quote text that begins with &, * or !",
                "mirrors: [{name: a, repositories: [!x]}] | quote text that begins with a special character",
                "mirrors: !!seq [] | 1:10: anchors and tags are not supported",
                "mirrors: [{name: a, name: b}] | 1:21: 'name' is already set in line 1",
                "mirrors: [{tags: {versions: >=1}}] | quote text that begins with a special character, such as '>=1.2' or '!x'",
                "mirrors: [{tags: {? [a] : b}}] | 1:21: a key must be a name"
            })
    void refusesUnsupportedYaml(String text, String words) {
        assertThatThrownBy(() -> read(text))
                .isInstanceOf(ConfigFileException.class)
                .hasMessageContaining(words);
    }

    @Test
    void refusesHostileFiles() throws IOException {
        assertThatThrownBy(() -> read("mirrors: " + "[".repeat(500_000)))
                .isInstanceOf(ConfigFileException.class)
                .hasMessageContaining("nested too deeply");
        assertThatThrownBy(() -> read("mirrors: " + "x".repeat(1 << 20)))
                .isInstanceOf(ConfigFileException.class)
                .hasMessageContaining("larger than 1 MiB");
        assertThatThrownBy(() -> read("mirrors: \u001b[2J")).isInstanceOf(ConfigFileException.class);
        assertThat(read(MINIMAL.formatted(", tags: {always: ['/" + "(".repeat(100_000) + "/']}"))
                        .errors())
                .singleElement()
                .asString()
                .contains("'always' is longer than 1000 characters");
    }

    @Test
    void limitsValuesThatDefaultsMultiply() throws IOException {
        String images = IntStream.range(0, 5000).mapToObj(i -> "i" + i).collect(Collectors.joining(", "));
        String mirrors = IntStream.range(0, 5000)
                .mapToObj(i -> "  - {name: m" + i + ", source: quay.io}\n")
                .collect(Collectors.joining());

        assertThat(read("defaults: {destination: 'oci:m', images: [" + images + "]}\nmirrors:\n" + mirrors)
                        .errors())
                .singleElement()
                .asString()
                .endsWith("the mirrors have more than 200000 values; use several files");
    }

    private MirrorRule only(String text) throws IOException {
        Mirrors mirrors = read(text);
        assertThat(mirrors.errors()).isEmpty();
        assertThat(mirrors.definitions()).hasSize(1);
        return mirrors.definitions().getFirst().rules().getFirst();
    }

    private Mirrors read(String text) throws IOException {
        return Mirrors.read(root(text), WholeRun.UNSET);
    }

    private ConfigNode.Mapping root(String text) throws IOException {
        return ConfigFile.read(Files.writeString(folder.resolve("gcrsync.yaml"), text));
    }
}
