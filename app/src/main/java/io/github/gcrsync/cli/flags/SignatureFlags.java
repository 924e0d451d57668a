package io.github.gcrsync.cli.flags;

import io.github.gcrsync.rule.MirrorRule.RequiredSignature;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Which signature an image needs. */
public final class SignatureFlags {
    @Option(
            names = "--verify-key",
            paramLabel = "FILE|env:NAME",
            description =
                    "Copy an image only if it has a valid signature by this public key in PEM, as \"cosign sign --key\" makes it. May be repeated: any of the keys.",
            converter = Converters.Key.class)
    List<String> keys = new ArrayList<>();

    public RequiredSignature required() {
        return new RequiredSignature(keys, false, false);
    }
}
