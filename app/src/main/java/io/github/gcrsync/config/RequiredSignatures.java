package io.github.gcrsync.config;

import io.github.gcrsync.config.ConfigNode.Mapping;
import io.github.gcrsync.config.ConfigNode.Scalar;
import io.github.gcrsync.rule.MirrorRule.RequiredSignature;
import java.util.List;
import java.util.regex.Pattern;

/** Reads which signatures the images of a mirror need. Whatever it does not know is an error, never ignored. */
final class RequiredSignatures {
    static final String KEY = "require-signature";
    private static final String KEYS = "keys";
    private static final String MATCH = "match";
    private static final String PLATFORMS = "platforms";
    private static final String ALL = "all";
    private static final List<String> KNOWN = List.of(KEYS, MATCH, PLATFORMS);

    /** The words of cosign and of admission controllers for signatures without a key. */
    private static final Pattern KEYLESS =
            Pattern.compile("(?i).*(keyless|identit|issuer|subject|certificate|fulcio|rekor|oidc|tlog|authorit).*");

    private static final String NO_KEYLESS =
            "keyless verification is not supported yet; name the public keys of the publisher with '" + KEYS
                    + "', or remove '" + KEY + "'";

    private final Problems problems;

    RequiredSignatures(Problems problems) {
        this.problems = problems;
    }

    RequiredSignature read(ConfigNode node) {
        if (node instanceof Mapping mapping) {
            return read(mapping);
        }
        if (node.isFalse()) {
            return RequiredSignature.NONE;
        }
        problems.add(
                node.at(),
                node instanceof Scalar scalar && KEYLESS.matcher(scalar.text()).matches()
                        ? NO_KEYLESS
                        : "'" + KEY + "' takes keys with values, such as {keys: [cosign.pub]}, or false");
        return RequiredSignature.NONE;
    }

    private RequiredSignature read(Mapping mapping) {
        problems.refuseOtherKeys(mapping, KNOWN, key -> KEYLESS.matcher(key).matches() ? NO_KEYLESS : "");
        List<String> keys = mapping.get(KEYS)
                .map(node -> problems.list(KEYS, node, RequiredSignature::checkedKey))
                .orElse(List.of());
        if (mapping.get(KEYS).isEmpty()) {
            problems.add(mapping.at(), "'" + KEY + "' has no '" + KEYS + "'; write keys: [FILE], with public keys");
        }
        boolean byAll = mapping.get(MATCH)
                .flatMap(node -> problems.choice(MATCH, node, List.of("any", ALL)))
                .filter(ALL::equals)
                .isPresent();
        boolean ofPlatforms = mapping.get(PLATFORMS)
                .flatMap(node -> problems.truth(PLATFORMS, node))
                .orElse(false);
        return new RequiredSignature(keys, byAll, ofPlatforms);
    }
}
