package io.github.gcrsync.testkit;

import io.github.gcrsync.testkit.CertificateAuthority.Issued;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The programs and the files of a PostgreSQL server. PostgreSQL refuses to run as root, so root runs it as Debian's user
 * postgres. The folder is directly in java.io.tmpdir, because that user cannot reach other folders of root.
 */
final class PostgresFiles {
    private static final String CONFIG = """
            listen_addresses = '127.0.0.1'
            unix_socket_directories = ''
            max_connections = 100
            shared_buffers = 16MB
            fsync = off
            full_page_writes = off
            """;

    private final Path programs = programs();
    private final Path folder;
    private final boolean root;

    /** Creates a database cluster that accepts the password, and only TLS connections if there is a certificate. */
    PostgresFiles(String user, String password, @Nullable Issued certificate) throws IOException {
        folder = Files.createTempDirectory("gcrsync-postgres-");
        root = Files.getOwner(folder).getName().equals("root");
        try {
            create(user, password);
            Files.writeString(
                    data().resolve("postgresql.conf"),
                    CONFIG + (certificate == null ? "" : "ssl = on\n"),
                    StandardOpenOption.APPEND);
            Files.writeString(
                    data().resolve("pg_hba.conf"),
                    (certificate == null ? "host" : "hostssl") + " all all 127.0.0.1/32 scram-sha-256\n");
            if (certificate != null) {
                write("data/server.crt", Files.readString(certificate.certificate()));
                write("data/server.key", Files.readString(certificate.key()));
            }
        } catch (IOException | RuntimeException e) {
            delete();
            throw e;
        }
    }

    /** The newest version of Debian, whose programs are not on the PATH, or the one on the PATH. */
    private static Path programs() throws IOException {
        Path debian = Path.of("/usr/lib/postgresql");
        if (Files.isDirectory(debian)) {
            try (Stream<Path> versions = Files.list(debian)) {
                Optional<Path> newest = versions.filter(
                                version -> version.getFileName().toString().matches("\\d{1,4}"))
                        .filter(version -> Files.isExecutable(version.resolve("bin/postgres")))
                        .max(Comparator.comparingInt(version ->
                                Integer.parseInt(version.getFileName().toString())));
                if (newest.isPresent()) {
                    return newest.get().resolve("bin");
                }
            }
        }
        return Path.of(Program.require("postgres").name()).toRealPath().resolveSibling("");
    }

    private void create(String user, String password) throws IOException {
        own(folder);
        Path secret = write("password", password);
        List<String> command = command(
                "initdb",
                "--no-sync",
                "--locale=C",
                "--encoding=UTF8",
                "--auth=scram-sha-256",
                "--username=" + user,
                "--pwfile=" + secret,
                data().toString());
        Program.at(Path.of(command.getFirst()))
                .arguments(command.subList(1, command.size()).toArray(String[]::new))
                .in(folder)
                .run()
                .orThrow();
        Files.delete(secret);
    }

    private Path write(String name, String text) throws IOException {
        Path file = Files.writeString(folder.resolve(name), text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return own(file);
    }

    private Path own(Path path) throws IOException {
        return root
                ? Files.setOwner(
                        path,
                        path.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("postgres"))
                : path;
    }

    /** Returns the command of one of PostgreSQL's programs, as a user that may run it. */
    List<String> command(String program, String... arguments) {
        List<String> command = new ArrayList<>();
        if (root) {
            // Replaces itself by the program, which therefore keeps the process id.
            command.addAll(List.of(
                    Program.require("setpriv").name(), "--reuid=postgres", "--regid=postgres", "--clear-groups"));
        }
        command.add(program(program).toString());
        command.addAll(List.of(arguments));
        return command;
    }

    Path program(String name) {
        return programs.resolve(name);
    }

    Path folder() {
        return folder;
    }

    Path data() {
        return folder.resolve("data");
    }

    /** Whether the server with this process id accepts connections. */
    boolean ready(long pid) {
        try {
            List<String> lines = Files.readAllLines(data().resolve("postmaster.pid"));
            return lines.size() >= 8
                    && lines.getFirst().equals(Long.toString(pid))
                    && lines.get(7).strip().equals("ready");
        } catch (IOException e) {
            return false;
        }
    }

    void delete() {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
