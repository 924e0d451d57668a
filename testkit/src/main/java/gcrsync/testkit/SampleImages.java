package gcrsync.testkit;

/** Images made of nothing but a seed: the same seed gives the same digests on every run of one JDK. */
@SuppressWarnings("DoNotCallSuggester")
public final class SampleImages {
    private SampleImages() {}

    /** A single-platform (linux/amd64) OCI image with two small layers. */
    public static SampleImage oci(long seed) {
        throw new UnsupportedOperationException();
    }

    /** The same as Docker schema 2. */
    public static SampleImage docker(long seed) {
        throw new UnsupportedOperationException();
    }

    /** A layer of some small files, together about {@code files * 300} bytes. */
    public static SampleLayer layer(long seed, int files) {
        throw new UnsupportedOperationException();
    }

    /** A layer of that many bytes rounded up to whole 64 KiB, made anew whenever it is read and never held in memory. */
    public static SampleLayer bigLayer(long seed, long bytes) {
        throw new UnsupportedOperationException();
    }

    /** An OCI image of these layers; images of the same layers share their blobs. Platform is like linux/arm/v7. */
    public static SampleImage oci(String platform, SampleLayer... layers) {
        throw new UnsupportedOperationException();
    }

    /** A Docker schema 2 image of these layers. */
    public static SampleImage docker(String platform, SampleLayer... layers) {
        throw new UnsupportedOperationException();
    }

    /** An OCI index of images or of other indexes. */
    public static SampleImage index(SampleImage... children) {
        throw new UnsupportedOperationException();
    }

    /** A Docker manifest list. */
    public static SampleImage manifestList(SampleImage... children) {
        throw new UnsupportedOperationException();
    }

    /** An OCI index of linux/amd64, linux/arm64 and linux/arm/v7, the base layer's content differing by platform. */
    public static SampleImage multiPlatform(long seed) {
        throw new UnsupportedOperationException();
    }

    /** A Docker manifest list of the same three platforms. */
    public static SampleImage multiPlatformDocker(long seed) {
        throw new UnsupportedOperationException();
    }

    /** An index that holds an index of two platforms and one image. */
    public static SampleImage nestedIndex(long seed) {
        throw new UnsupportedOperationException();
    }

    /** An OCI 1.1 artifact: artifactType, the empty config, one blob that is no tar. */
    public static SampleImage artifact(long seed, String artifactType) {
        throw new UnsupportedOperationException();
    }

    /** A signature-like artifact whose subject is the given image; it holds the signature only, not the image. */
    public static SampleImage signature(long seed, SampleImage subject) {
        throw new UnsupportedOperationException();
    }

    /** The tag under which cosign keeps an image's signature. */
    public static String cosignTag(SampleImage subject) {
        return subject.digest().replace(':', '-') + ".sig";
    }
}
