package io.github.gcrsync.oci;

import java.util.Optional;

/** What an image of an index runs on, e.g. {@code linux/arm64/v8} (OCI image specification, "Image Index"). */
public record Platform(String os, String architecture, Optional<String> variant) {
    @Override
    public String toString() {
        return os + "/" + architecture + variant.map(v -> "/" + v).orElse("");
    }
}
