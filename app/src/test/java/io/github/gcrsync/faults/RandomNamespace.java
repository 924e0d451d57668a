package io.github.gcrsync.faults;

import io.github.gcrsync.testkit.DockerRegistry;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.SampleLayer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/** Some repositories with images of all kinds that share layers, generated from a seed. */
final class RandomNamespace {
    private final RandomGenerator random;
    private final List<SampleLayer> layers = new ArrayList<>();
    private final SortedMap<String, SampleImage> images = new TreeMap<>();

    RandomNamespace(long seed, RandomGenerator random) {
        this.random = random;
        for (int i = 0; i < 5; i++) {
            layers.add(SampleImages.layer(seed * 100 + i, 1 + random.nextInt(4)));
        }
        if (random.nextInt(3) == 0) {
            layers.add(SampleImages.bigLayer(seed, 128 << 10));
        }
        int repositories = 2 + random.nextInt(3);
        for (int r = 0; r < repositories; r++) {
            int tags = 1 + random.nextInt(3);
            for (int tag = 1; tag <= tags; tag++) {
                images.put("r" + r + ":" + tag, image());
            }
        }
    }

    /** By {@code name:tag}. */
    SortedMap<String, SampleImage> images() {
        return images;
    }

    Set<String> repositories() {
        Set<String> names = new TreeSet<>();
        images.keySet().forEach(image -> names.add(image.replaceFirst(":.*", "")));
        return names;
    }

    /** @throws java.util.NoSuchElementException if no image contains it */
    long blobSize(String digest) {
        return images.values().stream()
                .filter(image -> image.blobs().containsKey(digest))
                .mapToLong(image -> image.blobs().get(digest).size())
                .findFirst()
                .orElseThrow();
    }

    void putInto(DockerRegistry registry, String namespace) {
        images.forEach((name, image) -> {
            String[] parts = name.split(":", 2);
            registry.put(namespace + "/" + parts[0], parts[1], image);
        });
    }

    private SampleImage image() {
        return switch (random.nextInt(5)) {
            case 0 -> SampleImages.index(oci("linux/amd64"), oci("linux/arm64"));
            case 1 -> SampleImages.manifestList(docker("linux/amd64"), docker("linux/arm64"), docker("linux/arm/v7"));
            case 2 -> oci("linux/amd64");
            default -> docker("linux/amd64");
        };
    }

    private SampleImage oci(String platform) {
        return SampleImages.oci(platform, some());
    }

    private SampleImage docker(String platform) {
        return SampleImages.docker(platform, some());
    }

    private SampleLayer[] some() {
        int from = random.nextInt(layers.size() - 1);
        int count = 1 + random.nextInt(Math.min(3, layers.size() - from));
        return layers.subList(from, from + count).toArray(SampleLayer[]::new);
    }
}
