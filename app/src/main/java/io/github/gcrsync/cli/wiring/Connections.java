package io.github.gcrsync.cli.wiring;

import io.github.gcrsync.auth.Credentials;
import io.github.gcrsync.cli.console.Console;
import io.github.gcrsync.cli.console.Version;
import io.github.gcrsync.cli.flags.AccessFlags;
import io.github.gcrsync.cli.flags.Concurrency;
import io.github.gcrsync.cli.flags.LimitOptions;
import io.github.gcrsync.cli.flags.Options;
import io.github.gcrsync.engine.Engine;
import io.github.gcrsync.engine.EngineBuilder;
import io.github.gcrsync.state.UploadFiles;
import java.util.Optional;

/** Configures the engine as the flags for connections, credentials, certificates and limits say. */
public record Connections(Console console, Options.Network network, AccessFlags access, LimitOptions limits) {
    static final String USER_AGENT = "gcrsync/" + Version.number();

    /** @param logins from flags and variables; they override those of credential files */
    public EngineBuilder engine(Credentials logins, Concurrency concurrency) {
        EngineBuilder builder = Engine.builder()
                .timeout(network.timeout)
                .retries(console.patience().retries())
                .commitTimeout(console.patience().commitTimeout())
                .proxy(Optional.ofNullable(network.proxy))
                .credentials(logins.orElse(access.credentials(console.environment())))
                .tls(access.tls(console.environment()))
                .connectionsPerHost(concurrency.connectionsPerHost())
                .connections(concurrency.connections())
                .uploadJournal(new UploadFiles(Folders.state(console.environment()), console.clock()))
                .awsEnvironment(console.environment())
                .userAgent(USER_AGENT);
        network.plainHttp.forEach(builder::plainHttp);
        if (limits.maxRate != null) {
            builder.maxRate(limits.maxRate);
        }
        limits.requestsPerSecond.forEach(limit -> builder.requestsPerSecond(limit.host(), limit.perSecond()));
        return builder;
    }
}
