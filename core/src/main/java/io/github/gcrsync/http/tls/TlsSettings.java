package io.github.gcrsync.http.tls;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Whom TLS connections trust, and as whom they come.
 *
 * @param authorities PEM files of authorities that are trusted for all hosts, besides the system's
 * @param hostFolders folders with a folder {@code host[:port]} for each host that wants more, laid out as Docker's certs.d:
 *     {@code *.crt} authorities, {@code *.cert} and {@code *.key} client certificates; the first that has one decides
 * @param unverified hosts, {@code host[:port]} in lower case, whose certificates are not looked at
 */
public record TlsSettings(List<Path> authorities, List<Path> hostFolders, Set<String> unverified) {
    /** The system's authorities, and nobody else. */
    public static final TlsSettings SYSTEM = new TlsSettings(List.of(), List.of(), Set.of());

    public TlsSettings {
        authorities = List.copyOf(authorities);
        hostFolders = List.copyOf(hostFolders);
        unverified = Set.copyOf(unverified);
    }

    /** Where Docker and Podman look (containers-certs.d(5)), the user's own folder first. */
    public static List<Path> standardFolders(Map<String, String> environment) {
        String config = environment.getOrDefault("XDG_CONFIG_HOME", "");
        Path base = config.isEmpty() ? Path.of(System.getProperty("user.home"), ".config") : Path.of(config);
        return List.of(
                base.resolve("containers").resolve("certs.d"),
                Path.of("/etc/containers/certs.d"),
                Path.of("/etc/docker/certs.d"));
    }

    /** Whether something is said about this very host, {@code host[:port]}: that it speaks TLS, then. */
    public boolean mentions(String host) {
        return unverified.contains(host)
                || hostFolders.stream().anyMatch(folder -> Files.isDirectory(folder.resolve(host)));
    }
}
