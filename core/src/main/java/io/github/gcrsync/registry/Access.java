package io.github.gcrsync.registry;

import io.github.gcrsync.http.RetryPolicy;
import io.github.gcrsync.http.Transport;
import io.github.gcrsync.http.limit.HostSlots;
import java.time.Duration;

/**
 * How registries are reached, and what those of one engine share.
 *
 * @param transport authenticates, follows redirects and retries
 * @param slots those that the transport's requests take
 * @param retries for what a transport cannot send again by itself: broken bodies, uploads
 * @param commit how long the answer to what was written may take: a registry may verify and move a blob before it answers
 * @param creation asked for each repository that a push finds missing
 * @param journal of uploads that an earlier run has begun
 */
public record Access(
        Transport transport,
        HostSlots slots,
        RetryPolicy retries,
        Duration commit,
        RepositoryCreation creation,
        UploadJournal journal) {}
