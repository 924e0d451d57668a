package io.github.gcrsync.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** An untrusted certificate authority, created with openssl. All certificates are PEM files in one folder. */
public final class CertificateAuthority {
    private final Path folder;

    /** A certificate and its key, PKCS #8. */
    public record Issued(Path certificate, Path key) {}

    private CertificateAuthority(Path folder) {
        this.folder = folder;
    }

    public static CertificateAuthority in(Path folder) {
        try {
            CertificateAuthority authority = new CertificateAuthority(Files.createDirectories(folder));
            authority.openssl(
                    "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=authority -keyout ca.key -out ca.crt"
                            + " -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign");
            return authority;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The authority's own certificate. */
    public Path certificate() {
        return folder.resolve("ca.crt");
    }

    /** Issues a currently valid certificate for 127.0.0.1 and localhost. */
    public Issued server() {
        return issue("server", "ec", "IP:127.0.0.1,DNS:localhost");
    }

    /**
     * Issues a certificate.
     *
     * @param algorithm ec, rsa or ed25519
     * @param names subject alternative names in openssl's form: {@code DNS:a.example,IP:127.0.0.1}
     * @param more additional arguments of {@code openssl x509}, such as {@code -not_after 20200101000000Z}
     */
    public Issued issue(String name, String algorithm, String names, String... more) {
        String curve = algorithm.equals("ec") ? " -pkeyopt ec_paramgen_curve:P-256" : "";
        openssl("req -newkey " + algorithm + curve + " -nodes -subj /CN=" + name + " -keyout " + name + ".key -out "
                + name + ".csr -addext subjectAltName=" + names);
        String days = more.length == 0 ? " -days 1" : " " + String.join(" ", more);
        openssl("x509 -req -CA ca.crt -CAkey ca.key -copy_extensions copy -in " + name + ".csr -out " + name + ".cert"
                + days);
        return new Issued(folder.resolve(name + ".cert"), folder.resolve(name + ".key"));
    }

    /** Runs openssl in the folder, with arguments separated by spaces. */
    public void openssl(String arguments) {
        List<String> all = new ArrayList<>(Arrays.asList(arguments.split(" ")));
        Program.require("openssl")
                .arguments(all.toArray(String[]::new))
                .in(folder)
                .run()
                .orThrow();
    }
}
