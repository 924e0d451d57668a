package io.github.gcrsync.git;

import io.github.gcrsync.ledger.Child;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

/** An {@code ssh} program that stays on this machine; runs with it are processes with their own PATH. */
final class FakeSsh {
    private final Path folder;

    private FakeSsh(Path folder) {
        this.folder = folder;
    }

    /** Runs the command given to ssh, and logs the options. */
    static FakeSsh running(Path folder) throws IOException {
        return of(folder, """
                echo "$@" >> "%s"
                for last; do :; done
                exec sh -c "$last"
                """.formatted(folder.resolve("ssh.log")));
    }

    static FakeSsh of(Path folder, String script) throws IOException {
        Path ssh = Files.createDirectories(folder.resolve("bin")).resolve("ssh");
        Files.writeString(ssh, "#!/bin/sh\n" + script);
        Files.setPosixFilePermissions(ssh, PosixFilePermissions.fromString("rwxr-xr-x"));
        return new FakeSsh(folder);
    }

    /** Returns the options, one line per call. */
    String calls() throws IOException {
        return Files.readString(folder.resolve("ssh.log"));
    }

    /** Records {@code one:1} in a process; returns its output. */
    String record(String location) throws Exception {
        Process process = Child.start(
                LedgerProcess.class,
                Map.of("PATH", folder.resolve("bin") + ":" + System.getenv("PATH")),
                "-Xmx128m",
                location,
                folder.resolve("state").toString(),
                "one");
        process.getOutputStream().write('1');
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return out;
    }
}
