package io.github.gcrsync.copy;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.ImageSource;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.IndexText;
import io.github.gcrsync.oci.InvalidManifestException;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.oci.MediaType;
import io.github.gcrsync.oci.Platform;
import io.github.gcrsync.oci.Platforms;
import io.github.gcrsync.text.Printable;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The part of an image that is copied.
 *
 * @param root the manifest at the destination
 * @param skipped children of indexes that are not copied
 * @param indexes nested indexes that were read for the choice, by their digest at the destination
 */
record Choice(Manifest root, Set<Digest> skipped, Map<Digest, Manifest> indexes) {
    /** Far above any real config, and small enough to be held in memory. */
    private static final int LONGEST_CONFIG = 4 << 20;

    boolean skipsPartOf(Manifest manifest) {
        return manifest.children().stream().anyMatch(child -> skipped.contains(child.digest()));
    }

    /**
     * @throws SkippedException if the image is for none of the platforms
     * @throws ContentException if the source cannot be read
     */
    static Choice of(Manifest root, ImageSource source, Platforms platforms) {
        if (platforms.areAll()) {
            return new Choice(root, Set.of(), Map.of());
        }
        try {
            return new Reading(source, platforms).choice(root);
        } catch (InvalidManifestException e) {
            throw new ContentException.Unsupported(root.descriptor().digest() + ": " + e.getMessage(), true);
        }
    }

    private static final class Reading {
        private final ImageSource source;
        private final Platforms platforms;
        private final Set<Digest> kept = new HashSet<>();
        private final Set<Digest> skipped = new HashSet<>();
        private final Map<Digest, Manifest> indexes = new HashMap<>();
        private final Set<String> found = new TreeSet<>();

        Reading(ImageSource source, Platforms platforms) {
            this.source = source;
            this.platforms = platforms;
        }

        Choice choice(Manifest root) {
            Optional<? extends Manifest> chosen = switch (root) {
                case Manifest.Index index -> narrowed(index, 0);
                case Manifest.Image image -> Optional.of(image).filter(this::isWanted);
            };
            skipped.removeAll(kept);
            return new Choice(chosen.orElseThrow(this::nothing), skipped, indexes);
        }

        private SkippedException nothing() {
            return new SkippedException(
                    "the image is not for " + platforms + ", but for " + Printable.shortened(String.join(", ", found)));
        }

        /** Returns the index at the destination; empty if it has nothing to copy. */
        private Optional<Manifest.Index> narrowed(Manifest.Index index, int depth) {
            if (depth > ManifestCopies.DEEPEST) {
                throw ManifestCopies.tooDeep(index);
            }
            Set<Descriptor> wanted = platforms.among(index.manifests());
            List<Optional<Descriptor>> entries = new ArrayList<>();
            for (Descriptor entry : index.manifests()) {
                Optional<Descriptor> stays = wanted.contains(entry) ? stays(entry, depth) : Optional.empty();
                (stays.isPresent() ? kept : skipped).add(entry.digest());
                entry.platform().map(Platform::toString).ifPresent(found::add);
                entries.add(stays);
            }
            if (!entries.isEmpty() && entries.stream().allMatch(Optional::isEmpty)) {
                return Optional.empty();
            }
            return Optional.of(platforms.rewrite() ? IndexText.with(index, entries) : index);
        }

        /** Looks into nested indexes. An index that the source lacks stays an entry without content. */
        private Optional<Descriptor> stays(Descriptor entry, int depth) {
            if (!MediaType.isIndex(entry.mediaType())) {
                return Optional.of(entry);
            }
            Manifest nested;
            try {
                nested = source.manifest(entry.digest().value());
            } catch (ContentException.NotFound e) {
                return Optional.of(entry);
            }
            if (!(nested instanceof Manifest.Index index)) {
                return Optional.of(entry);
            }
            return narrowed(index, depth + 1).map(result -> {
                Descriptor stored = result.descriptor();
                indexes.put(stored.digest(), result);
                return new Descriptor(
                        entry.mediaType(),
                        stored.digest(),
                        stored.size(),
                        entry.platform(),
                        entry.artifactType(),
                        entry.urls(),
                        entry.annotations());
            });
        }

        private boolean isWanted(Manifest.Image image) {
            Optional<Platform> platform = Platforms.config(image).flatMap(this::platform);
            platform.map(Platform::toString).ifPresent(found::add);
            return platform.stream().allMatch(platforms::include);
        }

        private Optional<Platform> platform(Descriptor config) {
            if (config.size() > LONGEST_CONFIG) {
                throw new ContentException.Unsupported(
                        "the image config " + config.digest() + " is longer than 4 MiB", true);
            }
            try (InputStream content = source.blob(config).openAt(0)) {
                return Platforms.ofConfig(content.readNBytes((int) config.size() + 1));
            } catch (IOException e) {
                throw new ContentException.Unreachable(config.digest() + ": " + e.getMessage(), e);
            }
        }
    }
}
