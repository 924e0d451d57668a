package io.github.gcrsync.content;

import io.github.gcrsync.oci.Reference;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.text.Printable;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/** Where a store lies. Its text form is what a ledger remembers it by. */
public sealed interface Location {
    /** A registry, {@code HOST[:PORT]}, and the path in it below which the repositories are. */
    record Registry(String host, Optional<RepositoryName> path) implements Location {
        private static final String DOCKER_HUB = "docker.io";

        @Override
        public String nameOf(String below) {
            // Docker Hub has users and their repositories, nothing below.
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
        public String toString() {
            return host + path.map(p -> "/" + p).orElse("");
        }
    }

    /** A folder that holds one OCI image layout for each repository. */
    record Folder(Path path) implements Location {
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
        public String toString() {
            return "oci:" + path;
        }
    }

    /** The whole name of the repository that lies here under this name; whether it is a valid one is for the caller to check. */
    String nameOf(String below);

    /** A repository of this store among all there are: {@code HOST/NAME}, or the absolute path of its layout. */
    String address(RepositoryName repository);

    /** Where a person finds the repository. */
    String link(RepositoryName repository);

    /** Whether a repository here and one there can be the same. */
    boolean mayMeet(Location other);

    /** Without the path within a registry. */
    String server();

    /**
     * Reads {@code HOST[:PORT][/path]}, with or without {@code docker://} as skopeo writes it, or {@code oci:DIR}.
     *
     * @throws IllegalArgumentException with what to write instead
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
            // Said below.
        }
        throw new IllegalArgumentException("'oci:" + Printable.shortened(dir) + "' names no folder; write oci:DIR");
    }
}
