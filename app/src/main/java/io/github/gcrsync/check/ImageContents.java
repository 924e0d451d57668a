package io.github.gcrsync.check;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.ImageSource;
import io.github.gcrsync.content.ReferrerLookup;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.oci.Platform;
import io.github.gcrsync.oci.Platforms;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a repository holds of an image.
 *
 * @param platforms such as {@code linux/amd64}; empty for an artifact
 * @param referrers of the image itself, not those of its platforms
 */
public record ImageContents(List<String> platforms, List<Referrer> referrers) {
    private static final long LONGEST_CONFIG = 4 << 20;

    public ImageContents {
        platforms = List.copyOf(platforms);
        referrers = List.copyOf(referrers);
    }

    /**
     * A signature, an attestation, an SBOM or another artifact.
     *
     * @param type its artifact type, or what cosign's tag says
     * @param name its digest or tag
     */
    public record Referrer(String type, String name) {}

    /**
     * Reads it by a few requests.
     *
     * @param mirrored the platforms that the repository has of an index
     * @throws ContentException if the image cannot be read
     */
    public static ImageContents read(ImageSource repository, Digest image, Platforms mirrored) {
        Manifest manifest = repository.manifest(image.value());
        return new ImageContents(platforms(repository, manifest, mirrored), referrers(repository, image));
    }

    private static List<String> platforms(ImageSource repository, Manifest manifest, Platforms mirrored) {
        if (manifest instanceof Manifest.Image single) {
            return Platforms.config(single)
                    .filter(config -> config.size() <= LONGEST_CONFIG)
                    .flatMap(config -> ofConfig(repository, config))
                    .map(Platform::toString)
                    .stream()
                    .toList();
        }
        return mirrored.among(manifest.children()).stream()
                .map(Descriptor::platform)
                .flatMap(Optional::stream)
                .filter(platform -> !platform.isUnknown())
                .map(Platform::toString)
                .distinct()
                .sorted()
                .toList();
    }

    private static Optional<Platform> ofConfig(ImageSource repository, Descriptor config) {
        try (InputStream content = repository.blob(config).openAt(0)) {
            return Platforms.ofConfig(content.readNBytes((int) config.size() + 1));
        } catch (IOException e) {
            throw new ContentException.Unreachable(config.digest() + ": " + e.getMessage(), e);
        }
    }

    private static List<Referrer> referrers(ImageSource repository, Digest image) {
        ReferrerLookup lookup = ReferrerLookup.of(repository, Set.of());
        List<Referrer> found = new ArrayList<>();
        for (Descriptor each : lookup.list(image).referrers()) {
            found.add(new Referrer(
                    each.artifactType().orElse(each.mediaType()), each.digest().value()));
        }
        for (String tag : lookup.artifactTags(image)) {
            if (lookup.artifact(tag).isPresent()) {
                found.add(new Referrer(ofTag(tag), tag));
            }
        }
        return found;
    }

    private static String ofTag(String tag) {
        return switch (tag.substring(tag.lastIndexOf('.') + 1)) {
            case "sig" -> "signatures of cosign";
            case "att" -> "attestations of cosign";
            default -> "SBOM of cosign";
        };
    }
}
