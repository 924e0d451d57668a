package io.github.gcrsync.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Documents, help and messages use the field's own words, and always the same ones. */
final class WordsTest {
    /** Paraphrases, each with the term to use instead. */
    private static final List<Paraphrase> PARAPHRASES = List.of(
            new Paraphrase("(?:leav(?:e|es|ing)|left) out", "skip, exclude"),
            new Paraphrase("(?:go|goes|going|went|gone) on (?:with|from|where|at)", "resume, continue"),
            new Paraphrase("once more|again and again", "retry, repeatedly"),
            new Paraphrase("mistakes? (?:in gcrsync|of ours)", "internal error"),
            new Paraphrase("for (?:its|their) own sake", "permanent failure"),
            new Paraphrase("(?:go|goes) before", "override"),
            new Paraphrase("believ(?:e|es|ed)", "trust"),
            new Paraphrase(
                    "(?:that|which) (?:is|are|was|were) there already|(?:was|were|is|are) there before", "existing"),
            new Paraphrase("under way", "in flight, in progress"),
            new Paraphrase("prox(?:y|ies) that wants?", "proxy credentials"),
            new Paraphrase("does the job of", "drop-in replacement"),
            new Paraphrase("lets? (?:him|her|it|them|one) in|does not let in", "refuses the login"),
            new Paraphrase("for who (?:runs|changes)", "mirror operators, contributors"),
            new Paraphrase("as it says", "say what to do"),
            new Paraphrase("whoever", "anyone who, if you"));

    /** Places where the words mean just what they say. */
    private static final Set<String> JUSTIFIED = Set.of();

    private record Paraphrase(Pattern pattern, String instead) {
        Paraphrase(String words, String instead) {
            this(Pattern.compile("(?i)\\b(?:" + words.replace(" ", "\\s+") + ")\\b"), instead);
        }

        Stream<String> in(String place, String text) {
            return pattern.matcher(text)
                    .results()
                    .map(MatchResult::group)
                    .map(found -> place + ": \"" + found.replaceAll("\\s+", " ") + "\"; say: " + instead);
        }
    }

    @Test
    void documentsAndHelpUseTheFieldsTerms() {
        List<String> found = new ArrayList<>();
        documents().forEach(file -> found.addAll(paraphrases(file, ProjectFiles.text(file))));

        assertThat(found).filteredOn(place -> !JUSTIFIED.contains(place)).isEmpty();
    }

    @Test
    void messagesUseTheFieldsTerms() {
        List<String> found = new ArrayList<>();
        Stream.of("app/src/main/java", "core/src/main/java")
                .flatMap(folder -> ProjectFiles.under(folder).stream())
                .forEach(file -> found.addAll(paraphrases(file, literals(ProjectFiles.text(file)))));

        assertThat(found).filteredOn(place -> !JUSTIFIED.contains(place)).isEmpty();
    }

    private static List<String> paraphrases(Path file, String text) {
        String place = ProjectFiles.ROOT.relativize(file).toString();
        return PARAPHRASES.stream()
                .flatMap(paraphrase -> paraphrase.in(place, text))
                .toList();
    }

    /** Without what is generated or belongs to others. */
    private static List<Path> documents() {
        return Stream.of(
                        "README.md",
                        "ARCHITECTURE.md",
                        "CHANGELOG.md",
                        "CONTRIBUTING.md",
                        "SECURITY.md",
                        "docs",
                        "examples")
                .flatMap(path -> ProjectFiles.under(path).stream())
                .filter(file -> file.toString().matches(".*\\.(md|yaml|yml)"))
                .toList();
    }

    /** String literals, those written in pieces joined. */
    private static String literals(String source) {
        return Pattern.compile("\"((?:[^\"\\\\\\n]|\\\\.)*)\"")
                .matcher(source.replaceAll("\"\\s*\\+\\s*\"", ""))
                .results()
                .map(literal -> literal.group(1))
                .collect(Collectors.joining("\n"));
    }
}
