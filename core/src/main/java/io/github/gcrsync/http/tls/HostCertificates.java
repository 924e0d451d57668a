package io.github.gcrsync.http.tls;

import io.github.gcrsync.http.RefusedException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The certificates of one host in a folder as Docker and Podman read it (containers-certs.d(5)): every {@code .crt}
 * file contains authorities, every {@code .cert} a client certificate whose key is the {@code .key} file of the same
 * name.
 */
record HostCertificates(List<X509Certificate> authorities, List<ClientCertificate> own) {
    /** Reads the first folder that is named like the host. */
    static Optional<HostCertificates> find(List<Path> folders, List<String> names) throws RefusedException {
        for (Path folder : folders) {
            for (String name : names) {
                Path found = folder.resolve(name);
                if (Files.isDirectory(found)) {
                    return Optional.of(read(found));
                }
            }
        }
        return Optional.empty();
    }

    private static HostCertificates read(Path folder) throws RefusedException {
        List<X509Certificate> authorities = new ArrayList<>();
        List<ClientCertificate> own = new ArrayList<>();
        for (Path file : sorted(folder)) {
            String name = String.valueOf(file.getFileName());
            if (name.endsWith(".crt")) {
                authorities.addAll(Pem.certificates(file));
            } else if (name.endsWith(".cert")) {
                own.add(ClientCertificate.read(file, partner(file, ".cert", ".key")));
            } else if (name.endsWith(".key")) {
                partner(file, ".key", ".cert");
            }
        }
        return new HostCertificates(authorities, own);
    }

    private static List<Path> sorted(Path folder) throws RefusedException {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
            all.forEach(files::add);
        } catch (IOException e) {
            throw Pem.damaged(folder, String.valueOf(e.getMessage()));
        }
        files.sort(null);
        return files;
    }

    private static Path partner(Path file, String suffix, String other) throws RefusedException {
        String name = String.valueOf(file.getFileName());
        Path partner = file.resolveSibling(name.substring(0, name.length() - suffix.length()) + other);
        if (!Files.exists(partner)) {
            throw Pem.damaged(
                    file, partner.getFileName() + " is missing in the same folder", "authorities end in .crt");
        }
        return partner;
    }
}
