package io.github.gcrsync.testkit;

import java.util.List;

/** Generates a namespace with names, tags and shared layers like google-containers. */
public final class SampleNamespace {
    private static final List<String> NAMES = List.of(
            "pause",
            "kube-proxy",
            "etcd",
            "coredns",
            "kube-apiserver",
            "kube-scheduler",
            "kube-controller-manager",
            "metrics-server",
            "addon-resizer",
            "defaultbackend",
            "cluster-autoscaler",
            "node-problem-detector",
            "ip-masq-agent",
            "k8s-dns-sidecar",
            "busybox",
            "fluentd-gcp-scaler");

    private SampleNamespace() {}

    /** Receives an image of the namespace: the repository's full name, the tag and the image. */
    public interface Taker {
        void put(String repository, String tag, SampleImage image);
    }

    /** Fills the namespace with images; tags of one repository share a layer, and all images share a base. */
    public static void fill(
            TestRegistry registry, String namespace, int repositories, int tagsPerRepository, long seed) {
        fill(registry::put, namespace, repositories, tagsPerRepository, seed);
    }

    /**
     * Passes the images to a receiver. One repository in four contains Docker manifest lists of three platforms, one in
     * four OCI images, the rest Docker images.
     */
    public static void fill(Taker taker, String namespace, int repositories, int tagsPerRepository, long seed) {
        SampleLayer base = SampleImages.layer(seed, 8);
        for (int r = 0; r < repositories; r++) {
            long own = seed + 1_000_003L * (r + 1);
            SampleLayer shared = SampleImages.layer(own, 4);
            for (int t = 0; t < tagsPerRepository; t++) {
                SampleLayer top = SampleImages.layer(own + 1 + t, 2);
                SampleImage image = switch (r % 4) {
                    case 0 ->
                        SampleImages.manifestList(
                                SampleImages.docker("linux/amd64", base, shared, top),
                                SampleImages.docker("linux/arm64", shared, top),
                                SampleImages.docker("linux/arm/v7", top));
                    case 1 -> SampleImages.oci("linux/amd64", base, shared, top);
                    default -> SampleImages.docker("linux/amd64", base, shared, top);
                };
                taker.put(namespace + "/" + name(r), tag(r, t), image);
            }
        }
    }

    /** Returns the name of the r-th repository: well-known names first, then the same names with a number. */
    public static String name(int r) {
        String name = NAMES.get(r % NAMES.size());
        return r < NAMES.size() ? name : name + "-" + r / NAMES.size();
    }

    /** Returns the t-th tag of the r-th repository, like v1.3.7. */
    public static String tag(int r, int t) {
        return "v1.%d.%d".formatted(r % 20, t);
    }
}
