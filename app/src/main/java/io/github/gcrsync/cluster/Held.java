package io.github.gcrsync.cluster;

import io.github.gcrsync.copy.BlobClaims;
import io.github.gcrsync.oci.RepositoryName;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.UUID;

/** A claim of one blob at some servers. */
final class Held implements BlobClaims.Claim {
    private final Database database;
    private final Place place;
    private final String worker;
    private final long deadAfterMillis;
    private final Queue<Runnable> later;
    /** Tasks of one worker claim, too. */
    private final String holder = UUID.randomUUID().toString();

    private final Map<String, RepositoryName> found = new TreeMap<>();

    /** @param servers that lack the blob */
    @SuppressWarnings("ArrayRecordComponent") // as a parameter of statements
    record Place(String mirror, String digest, String[] servers) {}

    /**
     * @param deadAfterMillis a worker that was not seen for so long holds nothing
     * @param later receives statements to repeat once the database can be used again
     */
    Held(Database database, Place place, String worker, long deadAfterMillis, Queue<Runnable> later) {
        this.later = later;
        this.database = database;
        this.place = place;
        this.worker = worker;
        this.deadAfterMillis = deadAfterMillis;
    }

    /** Takes all servers or none; those of a worker that died are free. */
    boolean take() {
        database.update(
                "insert into gcrsync.claim as held (mirror, digest, server, worker, holder)"
                        + " select ?, ?, unnest(?), ?, ? on conflict (mirror, digest, server) do update"
                        + " set worker = excluded.worker, holder = excluded.holder"
                        + " where held.repository is null and held.worker not in (select name from"
                        + " gcrsync.worker where seen > now() - ? * interval '1 millisecond')",
                place.mirror(),
                place.digest(),
                place.servers(),
                worker,
                holder,
                deadAfterMillis);
        found.clear();
        boolean[] isFree = {true};
        database.query(
                "select server, repository, holder from gcrsync.claim where mirror = ? and digest = ?"
                        + " and server = any(?)",
                row -> {
                    String repository = row.getString(2);
                    if (repository != null) {
                        found.put(row.getString(1), new RepositoryName(repository));
                    } else if (!row.getString(3).equals(holder)) {
                        isFree[0] = false;
                    }
                    return row;
                },
                place.mirror(),
                place.digest(),
                place.servers());
        if (!isFree[0]) {
            release();
        }
        return isFree[0];
    }

    /** Takes the servers from a holder that is too slow. */
    void seize() {
        database.update(
                "update gcrsync.claim set worker = ?, holder = ? where mirror = ? and digest = ? and server = any(?)"
                        + " and repository is null",
                worker,
                holder,
                place.mirror(),
                place.digest(),
                place.servers());
    }

    @Override
    public Map<String, RepositoryName> found() {
        return Map.copyOf(found);
    }

    @Override
    public void arrived(String server, RepositoryName repository) {
        attempt(() -> database.update(
                "insert into gcrsync.claim (mirror, digest, server, worker, holder, repository)"
                        + " values (?, ?, ?, ?, ?, ?) on conflict (mirror, digest, server)"
                        + " do update set repository = excluded.repository",
                place.mirror(),
                place.digest(),
                server,
                worker,
                holder,
                repository.value()));
    }

    @Override
    public void close() {
        attempt(this::release);
    }

    private void release() {
        database.update(
                "delete from gcrsync.claim where mirror = ? and digest = ? and holder = ? and repository is null",
                place.mirror(),
                place.digest(),
                holder);
    }

    /** Repeated later if it fails, because other workers would wait for a claim that nobody holds. */
    private void attempt(Runnable statement) {
        try {
            statement.run();
        } catch (DatabaseException e) {
            later.add(statement);
        }
    }
}
