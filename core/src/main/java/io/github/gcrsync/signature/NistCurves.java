package io.github.gcrsync.signature;

import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.util.List;

/** P-256, P-384 and P-521 (NIST SP 800-186). */
final class NistCurves {
    private static final List<ECParameterSpec> CURVES =
            List.of(curve("secp256r1"), curve("secp384r1"), curve("secp521r1"));

    private NistCurves() {}

    static boolean contain(ECParameterSpec other) {
        return CURVES.stream()
                .anyMatch(curve -> curve.getCurve().equals(other.getCurve())
                        && curve.getGenerator().equals(other.getGenerator())
                        && curve.getOrder().equals(other.getOrder()));
    }

    private static ECParameterSpec curve(String name) {
        try {
            AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
            parameters.init(new ECGenParameterSpec(name));
            return parameters.getParameterSpec(ECParameterSpec.class);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java runtime has " + name, e);
        }
    }
}
