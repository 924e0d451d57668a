package io.github.gcrsync.cli.wiring;

import io.github.gcrsync.cli.flags.NotStartedException;
import io.github.gcrsync.files.DiskErrors;
import io.github.gcrsync.oci.Platforms;
import io.github.gcrsync.rule.MirrorRule.RequiredSignature;
import io.github.gcrsync.run.SignatureCheck;
import io.github.gcrsync.signature.SignaturePolicy;
import io.github.gcrsync.signature.VerificationKey;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Reads the public keys of required signatures. */
public final class SignatureKeys {
    private SignatureKeys() {}

    /**
     * @param platforms of the images that are copied
     * @throws NotStartedException if a key is missing, damaged or given twice
     */
    public static SignatureCheck check(RequiredSignature wanted, Platforms platforms, Map<String, String> environment) {
        if (wanted.keys().isEmpty()) {
            return SignatureCheck.NONE;
        }
        try {
            SignaturePolicy policy = new SignaturePolicy(
                    wanted.keys().stream().map(key -> read(key, environment)).toList(),
                    wanted.byAll() ? SignaturePolicy.Match.ALL : SignaturePolicy.Match.ANY);
            return SignatureCheck.of(policy, Optional.of(platforms).filter(_ -> wanted.ofPlatforms()));
        } catch (IllegalArgumentException e) {
            throw new NotStartedException(String.valueOf(e.getMessage()), e);
        }
    }

    private static VerificationKey read(String key, Map<String, String> environment) {
        if (key.startsWith(RequiredSignature.VARIABLE)) {
            String variable = key.substring(RequiredSignature.VARIABLE.length());
            String pem = environment.getOrDefault(variable, "");
            if (pem.isBlank()) {
                throw new NotStartedException("cannot read the key " + key + ": the variable " + variable
                        + " is not set; put a public key in PEM into it");
            }
            return VerificationKey.parse(pem, key);
        }
        try {
            return VerificationKey.read(Path.of(key));
        } catch (InvalidPathException e) {
            throw new NotStartedException("cannot read the key " + key + ": this is not the name of a file", e);
        } catch (IOException e) {
            String why = e instanceof NoSuchFileException ? "there is no such file" : DiskErrors.reason(e);
            throw new NotStartedException(
                    "cannot read the key " + key + ": " + why + "; check its path and permissions", e);
        }
    }
}
