package io.github.gcrsync.config;

import io.github.gcrsync.oci.ReferrerTypes;
import java.util.regex.Pattern;

/** Reads which referrers are wanted: {@code true}, {@code false} or artifact types. */
public final class ArtifactTypes {
    private static final Pattern FORM = Pattern.compile("[^/\\s]+/[^/\\s]+");

    private ArtifactTypes() {}

    public static ReferrerTypes all(boolean areWanted) {
        return areWanted ? ReferrerTypes.ALL : ReferrerTypes.NONE;
    }

    /** @throws IllegalArgumentException if it is not a type */
    public static String checked(String type) {
        if (!FORM.matcher(type).matches()) {
            throw new IllegalArgumentException("'" + type
                    + "' is not an artifact type such as application/vnd.dev.cosign.artifact.sig.v1+json; write true,"
                    + " false, or artifact types");
        }
        return type;
    }
}
