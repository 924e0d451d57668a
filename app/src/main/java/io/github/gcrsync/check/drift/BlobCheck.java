package io.github.gcrsync.check.drift;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Repository;
import io.github.gcrsync.copy.StopSignal;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** Checks blobs of one store: looks them up, and reads them if their bytes are to be checked. */
final class BlobCheck {
    private static final int BUFFER = 64 << 10;

    private final boolean deep;
    private final boolean isShared;
    private final StopSignal stop;
    private final Counts counts;
    private final Failures failures;
    private final Once<Digest, Optional<Problem>> hashed = new Once<>();

    /**
     * @param deep whether to read blobs
     * @param isShared whether repositories with the same blob share its bytes: then they are read once
     */
    BlobCheck(boolean deep, boolean isShared, StopSignal stop, Counts counts, Failures failures) {
        this.stop = stop;
        this.deep = deep;
        this.isShared = isShared;
        this.counts = counts;
        this.failures = failures;
    }

    /** Costs a request, and the download of the blob if it must be read. */
    Optional<Problem> problem(String place, Repository repository, Descriptor blob) {
        stop.check();
        counts.blob();
        try {
            if (!deep) {
                return lookedUp(place, repository, blob);
            }
            return isShared ? sharedHashed(place, repository, blob) : hashed(place, repository, blob);
        } catch (ContentException.NotFound | ContentException.Incomplete e) {
            return Optional.of(Problem.of(Kind.MISSING_BLOB, blob.digest(), e));
        } catch (RuntimeException e) {
            return Optional.of(failures.unchecked(e));
        }
    }

    private static Optional<Problem> lookedUp(String place, Repository repository, Descriptor blob) {
        return repository.hasBlob(blob)
                ? Optional.empty()
                : Optional.of(Problem.of(
                        Kind.MISSING_BLOB, blob.digest(), place + " does not have it with " + blob.size() + " bytes"));
    }

    /** A repository that lacks the blob does not show whether its bytes are damaged: the next one reads them. */
    private Optional<Problem> sharedHashed(String place, Repository repository, Descriptor blob) {
        boolean[] isRead = {false};
        Optional<Problem> damage = hashed.get(blob.digest(), () -> {
            isRead[0] = true;
            return hashed(place, repository, blob);
        });
        return isRead[0] ? damage : lookedUp(place, repository, blob).or(() -> damage);
    }

    /** Reads a damaged blob twice, since it may have been damaged on the way. */
    private Optional<Problem> hashed(String place, Repository repository, Descriptor blob) {
        for (int reads = 0; reads < 2; reads++) {
            if (matches(repository, blob)) {
                return Optional.empty();
            }
        }
        return Optional.of(
                Problem.of(Kind.DAMAGED_BLOB, blob.digest(), "its bytes in " + place + " do not match the digest"));
    }

    private boolean matches(Repository repository, Descriptor blob) {
        try {
            read(repository, blob);
            return true;
        } catch (ContentException.Corrupt e) {
            return false;
        }
    }

    private void read(Repository repository, Descriptor blob) {
        byte[] buffer = new byte[BUFFER];
        try (InputStream content = repository.blob(blob).openAt(0)) {
            for (int count = content.read(buffer); count >= 0; count = content.read(buffer)) {
                counts.read(count);
            }
        } catch (IOException e) {
            throw new ContentException.Unreachable("cannot read " + blob.digest() + ": " + e.getMessage(), e);
        }
    }
}
