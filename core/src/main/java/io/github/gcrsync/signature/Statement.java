package io.github.gcrsync.signature;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * An in-toto statement (in-toto attestation, spec/v1/statement.md).
 *
 * @param subjects digests of what the statement is about, as {@code algorithm:hex}, unchecked
 */
record Statement(String predicateType, List<String> subjects) {
    /** The predicate type of a cosign signature; other types are attestations, such as SBOMs. */
    static final String SIGNATURE = "https://sigstore.dev/cosign/sign/v1";

    private static final Set<String> TYPES =
            Set.of("https://in-toto.io/Statement/v1", "https://in-toto.io/Statement/v0.1");

    /** Returns empty if the content is not such a statement. */
    static Optional<Statement> parse(byte[] content) {
        JsonFields json = JsonFields.parse(content);
        if (json.at("_type").text().filter(TYPES::contains).isEmpty()) {
            return Optional.empty();
        }
        List<String> subjects = json.at("subject").elements().stream()
                .flatMap(Statement::digests)
                .toList();
        return json.at("predicateType").text().map(type -> new Statement(type, subjects));
    }

    private static Stream<String> digests(JsonFields subject) {
        return Stream.of("sha256", "sha512")
                .flatMap(
                        algorithm -> subject.at("digest", algorithm).text().map(hex -> algorithm + ":" + hex).stream());
    }

    boolean isSignature() {
        return predicateType.equals(SIGNATURE);
    }
}
