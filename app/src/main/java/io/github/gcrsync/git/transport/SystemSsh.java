package io.github.gcrsync.git.transport;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jgit.transport.CredentialsProvider;
import org.eclipse.jgit.transport.RemoteSession;
import org.eclipse.jgit.transport.SshSessionFactory;
import org.eclipse.jgit.transport.URIish;
import org.eclipse.jgit.util.FS;

/**
 * Reaches ssh URLs with the system's {@code ssh}, so that its keys, agent, known hosts and configuration apply. It runs
 * in batch mode: anything that needs input fails.
 */
public final class SystemSsh extends SshSessionFactory {
    private final String program;
    private final Duration timeout;

    public SystemSsh(String program, Duration timeout) {
        this.program = program;
        this.timeout = timeout;
    }

    @Override
    public RemoteSession getSession(URIish to, CredentialsProvider credentials, FS fs, int tms) {
        return new RemoteSession() {
            @Override
            public Process exec(String command, int timeoutSeconds) throws IOException {
                return start(to, command);
            }

            @Override
            public void disconnect() {
                // each command has its own process, which JGit ends
            }
        };
    }

    private Process start(URIish to, String command) throws IOException {
        return start(builder(to, command));
    }

    /** Requests protocol v2 like git; a server may ignore the variable. */
    public Process startV2(URIish to, String command) throws IOException {
        ProcessBuilder builder =
                builder(to, command, "-o", "SendEnv=GIT_PROTOCOL").redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("GIT_PROTOCOL", "version=2");
        return start(builder);
    }

    private ProcessBuilder builder(URIish to, String command, String... options) {
        List<String> arguments = new ArrayList<>(
                List.of(program, "-o", "BatchMode=yes", "-o", "ConnectTimeout=" + Math.max(1, timeout.toSeconds())));
        arguments.addAll(List.of(options));
        if (to.getPort() > 0) {
            arguments.addAll(List.of("-p", Integer.toString(to.getPort())));
        }
        // "--": a host or user that starts with a dash must not become an option
        arguments.addAll(
                List.of("--", to.getUser() == null ? to.getHost() : to.getUser() + "@" + to.getHost(), command));
        return new ProcessBuilder(arguments);
    }

    private static Process start(ProcessBuilder ssh) throws IOException {
        try {
            return ssh.start();
        } catch (IOException e) {
            throw new IOException("cannot run ssh; install openssh-client", e);
        }
    }

    @Override
    public String getType() {
        return "system-ssh";
    }
}
