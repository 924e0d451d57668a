package io.github.gcrsync.oci;

import java.util.Optional;

/** The platform of an image in an index, e.g. {@code linux/arm64/v8} (OCI image specification, "Image Index"). */
public record Platform(String os, String architecture, Optional<String> variant) {
    @Override
    public String toString() {
        return os + "/" + architecture + variant.map(v -> "/" + v).orElse("");
    }
}
