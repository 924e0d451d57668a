package io.github.gcrsync.content;

import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Reference;
import io.github.gcrsync.oci.Tag;
import io.github.gcrsync.text.Printable;
import java.nio.file.Path;
import java.util.Optional;

/** The location of one image: in a registry, or in a folder that is one OCI image layout. */
public sealed interface ImageLocation {
    /** An image in a registry. */
    record InRegistry(Reference reference) implements ImageLocation {
        @Override
        public Optional<String> tag() {
            return reference.tag();
        }

        @Override
        public Optional<Digest> digest() {
            return reference.digest();
        }

        @Override
        public Location store() {
            return new Location.Registry(
                    Reference.canonicalHost(reference.registry()), Optional.of(reference.repository()));
        }

        @Override
        public ImageLocation withTag(String tag) {
            return new InRegistry(
                    new Reference(reference.registry(), reference.repository(), Optional.of(tag), reference.digest()));
        }

        @Override
        public String toString() {
            return reference.toString();
        }
    }

    /** An image in an OCI image layout; its tag is the reference name in {@code index.json}. */
    record InLayout(Path folder, Optional<String> tag, Optional<Digest> digest) implements ImageLocation {
        @Override
        public Location store() {
            return new Location.Folder(folder);
        }

        @Override
        public ImageLocation withTag(String other) {
            return new InLayout(folder, Optional.of(other), digest);
        }

        @Override
        public String toString() {
            return "oci:" + folder + tag.map(t -> ":" + t).orElse("")
                    + digest.map(d -> "@" + d).orElse("");
        }
    }

    Optional<String> tag();

    Optional<Digest> digest();

    /** The repository with the image, or the folder. */
    Location store();

    ImageLocation withTag(String tag);

    /**
     * Parses {@code HOST[:PORT]/PATH[:TAG][@DIGEST]}, optionally with skopeo's prefix {@code docker://}, or
     * {@code oci:DIR[:TAG][@DIGEST]}. As for Docker, a reference without a host means Docker Hub.
     *
     * @throws IllegalArgumentException naming the error and the expected forms
     */
    static ImageLocation parse(String text) {
        try {
            return text.startsWith("oci:")
                    ? layout(text.substring("oci:".length()))
                    : inRegistry(text.startsWith("docker://") ? text.substring("docker://".length()) : text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("'" + Printable.shortened(text) + "' names no image: " + e.getMessage()
                    + "; write HOST/NAME:TAG, or oci:DIR:TAG for a folder");
        }
    }

    /** Docker takes a host alone, such as localhost:5000, for a name at Docker Hub, which has no names like that. */
    private static ImageLocation inRegistry(String text) {
        if (text.contains("://")) {
            throw new IllegalArgumentException("a URL");
        }
        String first = text.replaceFirst("[/:@].*", "");
        if (text.indexOf('/') < 0 && (first.indexOf('.') >= 0 || first.equals("localhost"))) {
            throw new IllegalArgumentException("a host without a repository");
        }
        return new InRegistry(Reference.parse(text));
    }

    private static ImageLocation layout(String text) {
        String rest = text;
        Optional<Digest> digest = Optional.empty();
        int at = rest.lastIndexOf('@');
        // The folder's name may contain the separators, but a tag or a digest contains no slash.
        if (at > rest.lastIndexOf('/')) {
            digest = Optional.of(new Digest(rest.substring(at + 1)));
            rest = rest.substring(0, at);
        }
        Optional<String> tag = Optional.empty();
        int colon = rest.lastIndexOf(':');
        if (colon > rest.lastIndexOf('/')) {
            tag = Optional.of(Tag.checked(rest.substring(colon + 1)));
            rest = rest.substring(0, colon);
        }
        if (!(Location.parse("oci:" + rest) instanceof Location.Folder(Path folder))) {
            throw new IllegalArgumentException("no folder");
        }
        return new InLayout(folder, tag, digest);
    }
}
