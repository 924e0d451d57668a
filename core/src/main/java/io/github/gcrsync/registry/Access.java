package io.github.gcrsync.registry;

import io.github.gcrsync.http.RetryPolicy;
import io.github.gcrsync.http.Transport;
import io.github.gcrsync.http.limit.HostSlots;
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
        RepositoryCreation creation,
        HostedApis webApis,
        UploadJournal journal) {}
