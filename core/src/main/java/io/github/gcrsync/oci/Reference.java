package io.github.gcrsync.oci;

import io.github.gcrsync.text.Printable;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An image reference, {@code registry/repository[:tag][@digest]}, in Docker's reference grammar
 * (distribution/reference): without a registry it means docker.io, and a single name there means {@code library/name}.
 */
public record Reference(String registry, RepositoryName repository, Optional<String> tag, Optional<Digest> digest) {
    private static final String DOCKER_HUB = "docker.io";
    /** The longest DNS name (RFC 1035) with a port; also bounds the work of the pattern below. */
    private static final int LONGEST_HOST = 253 + ":65535".length();

    /** A bare name of 64 hexadecimal digits is an image ID to all tools; with a registry or a tag it is a name. */
    private static final Pattern IMAGE_ID = Pattern.compile("[a-f0-9]{64}");

    private static final Pattern HOST = Pattern.compile(
            "(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*(?::[0-9]{1,5})?"
                    + "|\\[[a-fA-F0-9:]+](?::[0-9]{1,5})?");

    /** @throws IllegalArgumentException if the registry is not a host or the tag is invalid */
    public Reference {
        checkedHost(registry);
        tag.ifPresent(Tag::checked);
    }

    public static Reference of(String registry, RepositoryName repository, String tag) {
        return new Reference(registry, repository, Optional.of(tag), Optional.empty());
    }

    /** @throws IllegalArgumentException naming the error, if the text is not a reference */
    public static Reference parse(String text) {
        String rest = text;
        Optional<Digest> digest = Optional.empty();
        int at = rest.indexOf('@');
        if (at >= 0) {
            digest = Optional.of(new Digest(rest.substring(at + 1)));
            rest = rest.substring(0, at);
        }
        int slash = rest.indexOf('/');
        String registry = DOCKER_HUB;
        if (slash >= 0 && looksLikeHost(rest.substring(0, slash))) {
            registry = rest.substring(0, slash);
            rest = rest.substring(slash + 1);
        }
        Optional<String> tag = Optional.empty();
        int colon = rest.lastIndexOf(':');
        if (colon > rest.lastIndexOf('/')) {
            tag = Optional.of(rest.substring(colon + 1));
            rest = rest.substring(0, colon);
        }
        registry = withoutAlias(registry);
        if (IMAGE_ID.matcher(text).matches()) {
            throw new IllegalArgumentException("an image ID, not a name: " + Printable.shortened(text));
        }
        if (registry.equals(DOCKER_HUB) && rest.indexOf('/') < 0) {
            rest = "library/" + rest;
        }
        return new Reference(registry, new RepositoryName(rest), tag, digest);
    }

    /**
     * Checks {@code host[:port]}: a name, an IPv4 address or a bracketed IPv6 address.
     *
     * @throws IllegalArgumentException if it is none of them
     */
    public static String checkedHost(String host) {
        if (host.length() > LONGEST_HOST || !HOST.matcher(host).matches() || portOf(host) > 65_535) {
            throw new IllegalArgumentException("not a registry host: " + Printable.shortened(host));
        }
        return host;
    }

    /** Returns the canonical name of a registry host: in lower case, and docker.io for all names of Docker Hub. */
    public static String canonicalHost(String host) {
        return withoutAlias(host).toLowerCase(Locale.ROOT);
    }

    /** Keeps other hosts as written, including upper case, as Docker does. */
    private static String withoutAlias(String host) {
        return switch (host.toLowerCase(Locale.ROOT)) {
            case "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com", DOCKER_HUB -> DOCKER_HUB;
            default -> host;
        };
    }

    /** Returns the digest if present, otherwise the tag, otherwise {@code latest}. */
    public String tagOrDigest() {
        return digest.map(Digest::value).or(() -> tag).orElse("latest");
    }

    @Override
    public String toString() {
        return registry
                + "/"
                + repository
                + tag.map(t -> ":" + t).orElse("")
                + digest.map(d -> "@" + d).orElse("");
    }

    private static int portOf(String host) {
        int colon = host.lastIndexOf(':');
        return colon < 0 || host.endsWith("]") ? 0 : Integer.parseInt(host, colon + 1, host.length(), 10);
    }

    private static boolean looksLikeHost(String first) {
        return first.indexOf('.') >= 0
                || first.indexOf(':') >= 0
                || first.equals("localhost")
                || first.chars().anyMatch(Character::isUpperCase);
    }
}
