package io.github.gcrsync.cluster;

import io.github.gcrsync.copy.BlobClaims;
import io.github.gcrsync.oci.Descriptor;
import java.time.Duration;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Claims in the database, so that the workers of a mirror read each blob once at the source. */
final class SharedClaims implements BlobClaims {
    private static final Logger LOG = LoggerFactory.getLogger(SharedClaims.class);
    private static final Duration SHORTEST_LOOK = Duration.ofMillis(50);
    private static final Duration LONGEST_LOOK = Duration.ofMillis(100);
    /** A live worker itself gives up a transfer that hangs. After this time, its link is too slow to wait for. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private static final long BYTES_PER_SECOND_OF_PATIENCE = 128 << 10;

    private final Database database;
    private final String mirror;
    private final Membership membership;
    private final long deadAfterMillis;

    /** @param heartbeat of the workers */
    SharedClaims(Database database, String mirror, Membership membership, Duration heartbeat) {
        this.membership = membership;
        this.deadAfterMillis =
                heartbeat.multipliedBy(Membership.HEARTBEATS_BEFORE_DEATH).toMillis();
        this.database = database;
        this.mirror = mirror;
    }

    @Override
    public Claim claim(Descriptor blob, Set<String> servers, BooleanSupplier hasEnded) throws InterruptedException {
        Held held = new Held(
                database,
                new Held.Place(mirror, blob.digest().value(), servers.toArray(String[]::new)),
                membership.name(),
                deadAfterMillis,
                membership.later());
        long patience =
                PATIENCE.plusSeconds(blob.size() / BYTES_PER_SECOND_OF_PATIENCE).toNanos();
        long began = System.nanoTime();
        Duration look = SHORTEST_LOOK;
        if (membership.isLost()) {
            return Claim.NONE;
        }
        try {
            while (!held.take()) {
                if (hasEnded.getAsBoolean()) {
                    return Claim.NONE;
                }
                if (System.nanoTime() - began > patience) {
                    held.seize(); // The others wait for this one now.
                    return held;
                }
                Thread.sleep(look);
                look = look.multipliedBy(2).compareTo(LONGEST_LOOK) < 0 ? look.multipliedBy(2) : LONGEST_LOOK;
            }
            return held;
        } catch (DatabaseException e) {
            LOG.debug("no claim: {}", e.getMessage());
            held.close();
            return Claim.NONE;
        }
    }
}
