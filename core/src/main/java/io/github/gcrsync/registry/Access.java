package io.github.gcrsync.registry;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.http.RetryPolicy;
import io.github.gcrsync.http.Transport;
import io.github.gcrsync.http.limit.HostSlots;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.registry.hosted.HostedApis;
import java.time.Duration;

/**
 * The connection settings and shared state of an engine's registries.
 *
 * @param transport authenticates, follows redirects and retries
 * @param slots the slots of the transport's requests
 * @param retries for what the transport cannot retry: broken response bodies, uploads
 * @param commit how long the answer to an upload may take: a registry may verify and move a blob before it answers
 * @param creation creates repositories that are missing on push
 * @param webApis list tags with digests and dates
 * @param journal records unfinished uploads of earlier runs
 */
public record Access(
        Transport transport,
        HostSlots slots,
        RetryPolicy retries,
        Duration commit,
        Creation creation,
        HostedApis webApis,
        UploadJournal journal) {
    /** Creates repositories in registries where a push does not. */
    @FunctionalInterface
    public interface Creation {
        /**
         * Creates the repository; succeeds if it already exists.
         *
         * @param host the registry, {@code host[:port]}
         * @return false if creation is not supported for this registry
         * @throws ContentException if the registry refuses
         */
        boolean create(String host, RepositoryName name);
    }
}
