package io.github.gcrsync.cli.flags;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The users at the registries of one image. */
public final class LoginFlags {
    @Option(
            names = "--source-user",
            paramLabel = "USER",
            description = "User at the registry of FROM (default: from ~/.docker/config.json).")
    @Nullable
    public String sourceUser;

    @Option(
            names = "--source-password",
            paramLabel = "PASSWORD",
            description =
                    "Password or token of this user; prefer GCRSYNC_SOURCE_PASSWORD, which process lists do not show.")
    @Nullable
    public String sourcePassword;

    @Option(
            names = "--dockeruser",
            paramLabel = "USER",
            description = "User at the registry of every TO (default: from ~/.docker/config.json).")
    @Nullable
    public String user;

    @Option(
            names = "--dockerpassword",
            paramLabel = "PASSWORD",
            description =
                    "Password or token of this user; prefer GCRSYNC_DOCKERPASSWORD, which process lists do not show.")
    @Nullable
    public String password;

    @Option(names = "--dockerpassword-stdin", description = "Read the password from standard input.")
    public boolean passwordFromStdin;
}
