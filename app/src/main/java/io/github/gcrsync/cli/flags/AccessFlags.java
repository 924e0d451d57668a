package io.github.gcrsync.cli.flags;

import io.github.gcrsync.auth.CredentialFiles;
import io.github.gcrsync.auth.Credentials;
import io.github.gcrsync.auth.DockerConfig;
import io.github.gcrsync.http.tls.TlsSettings;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags for credentials and certificates. */
public final class AccessFlags {
    @Option(
            names = "--authfile",
            paramLabel = "FILE",
            description =
                    "Credentials file of docker login or podman login, searched before $REGISTRY_AUTH_FILE, Docker's config.json and Podman's auth.json.")
    @Nullable
    Path authFile;

    @Option(
            names = "--ca-file",
            paramLabel = "FILE",
            description =
                    "PEM file of certificate authorities to trust in addition to the system's, for all registries and git. May be repeated.")
    List<Path> authorities = new ArrayList<>();

    @Option(
            names = "--cert-dir",
            paramLabel = "DIR",
            description =
                    "Folder with a subfolder HOST[:PORT] per registry, with its *.crt (authorities), *.cert and *.key (client certificate); searched before ~/.config/containers/certs.d, /etc/containers/certs.d and /etc/docker/certs.d. May be repeated.")
    List<Path> certificateFolders = new ArrayList<>();

    @Option(
            names = "--insecure",
            paramLabel = "HOST",
            description =
                    "Registry HOST[:PORT] whose TLS certificate is not verified; anyone on the network can impersonate it. May be repeated.",
            converter = Converters.Host.class)
    List<String> unverified = new ArrayList<>();

    /**
     * Returns the credentials of all files. Only the file of the flag is read at once, the others when a registry asks
     * for credentials.
     *
     * @throws NotStartedException if the file of the flag is missing or damaged
     */
    public Credentials credentials(Map<String, String> environment) {
        Credentials standard = CredentialFiles.standard(environment);
        Path named = authFile;
        Credentials files = named == null
                ? standard
                : orNotStarted(() -> DockerConfig.readNamed(named, "--authfile"))
                        .orElse(standard);
        return (registry, repository) -> orNotStarted(() -> files.find(registry, repository));
    }

    /** @throws NotStartedException if a file or folder of a flag is missing */
    public TlsSettings tls(Map<String, String> environment) {
        for (Path file : authorities) {
            require(Files.isReadable(file), file, "--ca-file");
        }
        for (Path folder : certificateFolders) {
            require(Files.isDirectory(folder), folder, "--cert-dir");
        }
        List<Path> folders = new ArrayList<>(certificateFolders);
        folders.addAll(TlsSettings.standardFolders(environment));
        Set<String> hosts = new HashSet<>();
        unverified.forEach(host -> hosts.add(host.toLowerCase(Locale.ROOT)));
        return new TlsSettings(authorities, folders, hosts);
    }

    private static void require(boolean there, Path path, String flag) {
        if (!there) {
            throw new NotStartedException(
                    path + ", named by " + flag + ", is missing or unreadable; check its path and permissions");
        }
    }

    private static <T> T orNotStarted(java.util.function.Supplier<T> reading) {
        try {
            return reading.get();
        } catch (IllegalArgumentException | UncheckedIOException e) {
            throw new NotStartedException(String.valueOf(e.getMessage()), e);
        }
    }
}
