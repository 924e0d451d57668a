package io.github.gcrsync.run;

import io.github.gcrsync.run.ImageCopy.Status;
import java.time.Duration;
import java.util.List;

/** The result of copying one image, with one copy for each destination. */
public record CopyReport(List<ImageCopy> copies, Duration took) {
    public CopyReport {
        copies = List.copyOf(copies);
    }

    public long count(Status status) {
        return copies.stream().filter(copy -> copy.status() == status).count();
    }

    /** Returns the referrers at all destinations together. */
    public Referred referrers() {
        Referred.Tally tally = new Referred.Tally();
        copies.forEach(copy ->
                copy.referrers().ifPresent(found -> tally.copied(copy.target().name(), found)));
        return tally.sum();
    }

    public Moved moved() {
        return copies.stream().map(ImageCopy::moved).reduce(Moved.NOTHING, Moved::plus);
    }

    /** A destination that is lost as a whole is one of several failures, unless there is nothing else. */
    public Outcome outcome() {
        if (copies.stream().allMatch(ImageCopy::sideLost)) {
            return Outcome.GIVEN_UP;
        }
        if (count(Status.FAILED) + count(Status.UNFINISHED) > 0
                || copies.stream().anyMatch(ImageCopy::lacksReferrers)) {
            return Outcome.SOME_FAILED;
        }
        return count(Status.OVER_QUOTA) > 0 ? Outcome.OVER_QUOTA : Outcome.DONE;
    }
}
