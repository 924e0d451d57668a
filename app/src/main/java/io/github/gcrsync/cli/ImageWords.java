package io.github.gcrsync.cli;

import io.github.gcrsync.cli.flags.Options;
import io.github.gcrsync.cli.flags.UsageException;
import io.github.gcrsync.cli.wiring.Rules;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.oci.Tag;
import io.github.gcrsync.rule.MirrorRule;
import java.util.List;
import java.util.Optional;

/**
 * The arguments {@code [MIRROR] [NAME[:TAG]]} of a command.
 *
 * @param rules of the named mirror, or of all mirrors
 * @param name relative to the source
 * @param tag or a digest
 */
record ImageWords(List<MirrorRule> rules, Optional<RepositoryName> name, Optional<String> tag) {
    /** Labels of the arguments for the help. */
    static final String LABEL = "[MIRROR] NAME[:TAG]";

    static ImageWords of(List<String> words, Options options) {
        List<MirrorRule> all = Rules.ofMirrors(options);
        Optional<MirrorRule> mirror = words.stream()
                .findFirst()
                .flatMap(word -> all.stream()
                        .filter(rule -> rule.name().filter(word::equals).isPresent())
                        .findFirst());
        List<String> rest = mirror.isPresent() ? words.subList(1, words.size()) : words;
        if (rest.size() > 1) {
            throw new UsageException("unexpected argument '" + rest.get(1) + "'");
        }
        List<MirrorRule> rules = mirror.map(List::of).orElse(all);
        return rest.isEmpty()
                ? new ImageWords(rules, Optional.empty(), Optional.empty())
                : image(rules, rest.getFirst());
    }

    private static ImageWords image(List<MirrorRule> rules, String text) {
        int at = text.indexOf('@');
        int end = at >= 0 ? at : text.indexOf(':');
        String name = end < 0 ? text : text.substring(0, end);
        if (!RepositoryName.isValid(name)) {
            throw new UsageException("'" + name + "' is not a repository name; write NAME or NAME:TAG");
        }
        Optional<String> reference = end < 0 ? Optional.empty() : Optional.of(text.substring(end + 1));
        if (reference
                .filter(known -> !(at < 0 ? Tag.isValid(known) : Digest.isValid(known)))
                .isPresent()) {
            throw new UsageException("'" + text + "' has no valid " + (at < 0 ? "tag" : "digest")
                    + "; write NAME, NAME:TAG or NAME@DIGEST");
        }
        return new ImageWords(rules, Optional.of(new RepositoryName(name)), reference);
    }

    /** Returns {@code NAME[:TAG]} as in the ledger; empty for all images. */
    Optional<String> image() {
        return name.map(known -> known
                + tag.map(reference -> (reference.indexOf(':') < 0 ? ":" : "@") + reference)
                        .orElse(""));
    }
}
