package gcrsync.config;

import gcrsync.oci.Printable;
import gcrsync.oci.Reference;
import gcrsync.oci.RepositoryName;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/** Where a mirror lies. Its text form is what the ledger remembers it by. */
public sealed interface Destination {
    /** A registry, and the path in it below which the repositories go. */
    record Registry(String host, Optional<RepositoryName> path) implements Destination {
        @Override
        public String toString() {
            return host + path.map(p -> "/" + p).orElse("");
        }
    }

    /** A folder of OCI image layouts. */
    record Folder(Path path) implements Destination {
        @Override
        public String toString() {
            return "oci:" + path;
        }
    }

    /**
     * {@code HOST[:PORT][/path]}, with or without {@code docker://} as skopeo writes it, or {@code oci:DIR}.
     *
     * @throws IllegalArgumentException with what to write instead
     */
    static Destination parse(String text) {
        if (text.startsWith("oci:")) {
            return folder(text.substring("oci:".length()));
        }
        String place = text.startsWith("docker://") ? text.substring("docker://".length()) : text;
        int slash = place.indexOf('/');
        String host = slash < 0 ? place : place.substring(0, slash);
        String path = slash < 0 ? "" : place.substring(slash + 1);
        if (!host.contains(".") && !host.contains(":") && !host.equals("localhost")) {
            throw new IllegalArgumentException("'" + Printable.shortened(text)
                    + "' names no registry host; write HOST/path, such as docker.io/" + Printable.shortened(text)
                    + ", or oci:DIR for a folder");
        }
        String checked = Reference.canonicalHost(Reference.checkedHost(host));
        return new Registry(checked, path.isEmpty() ? Optional.empty() : Optional.of(new RepositoryName(path)));
    }

    private static Destination folder(String dir) {
        try {
            Path path = Path.of(dir).normalize();
            if (!dir.isBlank()) {
                return new Folder(path.toString().isEmpty() ? Path.of(".") : path);
            }
        } catch (InvalidPathException e) {
            // Said below.
        }
        throw new IllegalArgumentException("'oci:" + Printable.shortened(dir) + "' names no folder; write oci:DIR");
    }
}
