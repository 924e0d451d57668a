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

/** The flags that say who we are to registries, and whom we believe to be one. */
public final class AccessFlags {
    @Option(
            names = "--authfile",
            paramLabel = "FILE",
            description =
                    "Credentials as podman or docker login writes them, looked up before those in $REGISTRY_AUTH_FILE, Docker's config.json and Podman's auth.json.")
    @Nullable
    Path authFile;

    @Option(
            names = "--ca-file",
            paramLabel = "FILE",
            description =
                    "PEM file of certificate authorities to trust besides the system's, for all registries and for git. May be repeated.")
    List<Path> authorities = new ArrayList<>();

    @Option(
            names = "--cert-dir",
            paramLabel = "DIR",
            description =
                    "Folder with a folder HOST[:PORT] for each registry that wants its own *.crt (authorities), *.cert and *.key (client certificate), looked up before ~/.config/containers/certs.d, /etc/containers/certs.d and /etc/docker/certs.d. May be repeated.")
    List<Path> certificateFolders = new ArrayList<>();

    @Option(
            names = "--insecure",
            paramLabel = "HOST",
            description =
                    "Registry whose TLS certificate is not verified, HOST[:PORT]: anybody on the way can pose as it. May be repeated.",
            converter = Converters.Host.class)
    List<String> unverified = new ArrayList<>();

    /**
     * The files in which credentials may lie; all but the one that was named are read when a registry asks who we are.
     *
     * @throws NotStartedException with the file's name if it is not there or damaged
     */
    public Credentials credentials(Map<String, String> environment) {
        Credentials standard = CredentialFiles.standard(environment);
        Path named = authFile;
        Credentials files = named == null
                ? standard
                : spoken(() -> DockerConfig.readNamed(named, "--authfile")).orElse(standard);
        return (registry, repository) -> spoken(() -> files.find(registry, repository));
    }

    /** @throws NotStartedException if a file or folder that was named is not there */
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
            throw new NotStartedException(path + ", named by " + flag
                    + ", is not there or cannot be read; check its path and its permissions");
        }
    }

    private static <T> T spoken(java.util.function.Supplier<T> reading) {
        try {
            return reading.get();
        } catch (IllegalArgumentException | UncheckedIOException e) {
            throw new NotStartedException(String.valueOf(e.getMessage()), e);
        }
    }
}
