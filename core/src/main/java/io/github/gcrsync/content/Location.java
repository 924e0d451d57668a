package io.github.gcrsync.content;

import io.github.gcrsync.oci.Reference;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.text.Printable;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** The location of a store. The ledger records its text form. */
public sealed interface Location {
    /** A registry, {@code HOST[:PORT]}, and the path that contains the repositories. */
    record Registry(String host, Optional<RepositoryName> path) implements Location {
        private static final String DOCKER_HUB = "docker.io";

        @Override
        public String nameOf(String below) {
            // Docker Hub has no levels below a user's repositories.
            String allowed = host.equals(DOCKER_HUB) ? below.replace('/', '_') : below;
            return path.map(p -> p + "/").orElse("") + allowed;
        }

        @Override
        public String address(RepositoryName repository) {
            return host + "/" + repository;
        }

        @Override
        public String link(RepositoryName repository) {
            return host.equals(DOCKER_HUB)
                    ? "https://hub.docker.com/r/" + repository + "/tags"
                    : "https://" + address(repository);
        }

        @Override
        public boolean mayMeet(Location other) {
            return other instanceof Registry registry && registry.host.equals(host);
        }

        @Override
        public String server() {
            return host;
        }

        @Override
        public Location absolute() {
            return this;
        }

        @Override
        public String toString() {
            return host + path.map(p -> "/" + p).orElse("");
        }
    }

    /** A folder with one OCI image layout for each repository. */
    record Folder(Path path) implements Location {
        /** The folder's own name in lower case; empty if it cannot be that of a repository. */
        public Optional<RepositoryName> name() {
            return Optional.ofNullable(path.toAbsolutePath().normalize().getFileName())
                    .map(name -> name.toString().toLowerCase(Locale.ROOT))
                    .filter(RepositoryName::isValid)
                    .map(RepositoryName::new);
        }

        /** Whether the folders are the same, or one contains the other. */
        public boolean overlaps(Folder other) {
            Path one = real(path.toAbsolutePath().normalize());
            Path two = real(other.path.toAbsolutePath().normalize());
            return one.startsWith(two) || two.startsWith(one);
        }

        /** Resolves the links in the existing part of a path. */
        private static Path real(Path absolute) {
            try {
                return absolute.toRealPath();
            } catch (IOException e) {
                Path parent = absolute.getParent();
                return parent == null ? absolute : real(parent).resolve(absolute.getFileName());
            }
        }

        @Override
        public String nameOf(String below) {
            return below;
        }

        @Override
        public String address(RepositoryName repository) {
            return path.toAbsolutePath().resolve(repository.value()).normalize().toString();
        }

        @Override
        public String link(RepositoryName repository) {
            return path + "/" + repository;
        }

        @Override
        public boolean mayMeet(Location other) {
            return other instanceof Folder;
        }

        @Override
        public String server() {
            return toString();
        }

        @Override
        public Location absolute() {
            return new Folder(path.toAbsolutePath());
        }

        @Override
        public String toString() {
            return "oci:" + path;
        }
    }

    /**
     * Returns the full name of the repository with this name relative to the location; the caller checks that it is
     * valid.
     */
    String nameOf(String below);

    /** The globally unique address of a repository: {@code HOST/NAME}, or the absolute path of its layout. */
    String address(RepositoryName repository);

    /** The repository's address for people: a URL or a path. */
    String link(RepositoryName repository);

    /** Whether the two locations may contain the same repository. */
    boolean mayMeet(Location other);

    /** The registry's host, without the path; a folder's text form. */
    String server();

    /** The same location, independent of the current folder. */
    Location absolute();

    /**
     * Parses {@code HOST[:PORT][/path]}, optionally with skopeo's prefix {@code docker://}, or {@code oci:DIR}.
     *
     * @throws IllegalArgumentException naming the expected form
     */
    static Location parse(String text) {
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

    private static Location folder(String dir) {
        try {
            Path path = Path.of(dir).normalize();
            if (!dir.isBlank()) {
                return new Folder(path.toString().isEmpty() ? Path.of(".") : path);
            }
        } catch (InvalidPathException e) {
            // Reported below.
        }
        throw new IllegalArgumentException("'oci:" + Printable.shortened(dir) + "' names no folder; write oci:DIR");
    }
}
