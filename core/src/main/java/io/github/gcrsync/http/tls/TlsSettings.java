package io.github.gcrsync.http.tls;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Trusted authorities and client certificates of TLS connections.
 *
 * @param authorities PEM files of authorities that are trusted for all hosts, in addition to the system's
 * @param hostFolders folders with a subfolder {@code host[:port]} for each host with its own certificates, laid out as
 *     Docker's certs.d: {@code *.crt} authorities, {@code *.cert} and {@code *.key} client certificates; the first that
 *     has the subfolder applies
 * @param unverified hosts, {@code host[:port]} in lower case, whose certificates are not verified
 */
public record TlsSettings(List<Path> authorities, List<Path> hostFolders, Set<String> unverified) {
    /** Trusts only the system's authorities. */
    public static final TlsSettings SYSTEM = new TlsSettings(List.of(), List.of(), Set.of());

    public TlsSettings {
        authorities = List.copyOf(authorities);
        hostFolders = List.copyOf(hostFolders);
        unverified = Set.copyOf(unverified);
    }

    /** The folders of Docker and Podman (containers-certs.d(5)), the user's folder first. */
    public static List<Path> standardFolders(Map<String, String> environment) {
        String config = environment.getOrDefault("XDG_CONFIG_HOME", "");
        Path base = config.isEmpty() ? Path.of(System.getProperty("user.home"), ".config") : Path.of(config);
        return List.of(
                base.resolve("containers").resolve("certs.d"),
                Path.of("/etc/containers/certs.d"),
                Path.of("/etc/docker/certs.d"));
    }

    /** Whether the settings name this host, {@code host[:port]}, and thereby imply that it speaks TLS. */
    public boolean mentions(String host) {
        return unverified.contains(host)
                || hostFolders.stream().anyMatch(folder -> Files.isDirectory(folder.resolve(host)));
    }
}
