package io.github.gcrsync.plan;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.copy.CopyException;
import io.github.gcrsync.copy.Side;
import java.nio.file.FileSystemException;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Tells the failure of one image from a failure of a whole side, which every other image would meet too: it is
 * unreachable, accepts no more data or refuses the login. The first such failure ends the run.
 */
public final class Sides {
    private final Predicate<Side> answers;
    private final boolean ofWholeRun;
    private final Set<Side> lost = EnumSet.noneOf(Side.class);

    /** @param answers sends a request to check whether the side is reachable */
    public Sides(Predicate<Side> answers) {
        this(answers, true);
    }

    private Sides(Predicate<Side> answers, boolean ofWholeRun) {
        this.answers = answers;
        this.ofWholeRun = ofWholeRun;
    }

    /** Returns the check for a part of a run, which does not show whether any image arrives in the other parts. */
    public Sides ofPart() {
        return new Sides(answers, false);
    }

    /** Adds the side to refused credentials. */
    public static <R> R on(Side side, Supplier<R> request) {
        try {
            return request.get();
        } catch (ContentException.Denied e) {
            if (e.areCredentialsRefused()) {
                throw new CopyException(side, e);
            }
            throw e;
        }
    }

    /** @throws CopyException if every other request to that side would fail too */
    public void check(Side side, ContentException reason) {
        if (isLost(side, reason) || areCredentialsRefused(reason)) {
            throw new CopyException(side, reason);
        }
    }

    /**
     * Checks the failures of a plan.
     *
     * @return the plan
     * @throws CopyException if a side failed as a whole
     */
    public Plan checked(Plan plan) {
        check(plan.failures());
        return plan;
    }

    /** @throws CopyException if one failure is that of a whole side */
    public void check(List<Failure> failures) {
        Set<Side> asked = EnumSet.noneOf(Side.class);
        for (Failure failure : failures) {
            boolean isNew = !(failure.reason() instanceof ContentException.Unreachable) || asked.add(failure.side());
            if (isNew && isLost(failure.side(), failure.reason())) {
                throw new CopyException(failure.side(), failure.reason());
            }
        }
    }

    public boolean isLost(Side side, ContentException reason) {
        return switch (reason) {
            case ContentException.Unwritable _ -> side == Side.DESTINATION;
            case ContentException.Denied denied -> denied.refusedUser().isPresent();
            case ContentException.Unreachable _ -> isUnreachable(side);
            default -> false;
        };
    }

    /** One thread checks; others wait for its result. */
    private synchronized boolean isUnreachable(Side side) {
        if (!lost.contains(side) && !answers.test(side)) {
            lost.add(side);
        }
        return lost.contains(side);
    }

    static boolean areCredentialsRefused(ContentException reason) {
        return reason instanceof ContentException.Denied denied && denied.areCredentialsRefused();
    }

    /** Describes the failure of a side for users. */
    public static String words(Side side, ContentException reason) {
        String what = switch (reason) {
            case ContentException.Unwritable _ -> " accepts no more data: ";
            case ContentException.Unreachable disk
            when disk.getCause() instanceof FileSystemException -> " cannot be used: ";
            case ContentException.Unreachable _ -> " is unreachable: ";
            case ContentException.Denied denied
            when denied.refusedUser().isPresent() ->
                " refused the user " + denied.refusedUser().get() + " or the password: ";
            case ContentException.Denied denied when denied.areCredentialsRefused() -> " asks for a login: ";
            default -> " failed: ";
        };
        return "the " + side.name().toLowerCase(Locale.ROOT) + what + reason.getMessage();
    }

    /** Returns why the run must end; empty if the failure concerns one image. */
    public Optional<String> reasonToEndRun(Side side, ContentException reason, boolean nothingArrived) {
        boolean noLogin = ofWholeRun && side == Side.DESTINATION && nothingArrived && areCredentialsRefused(reason);
        return noLogin || isLost(side, reason) ? Optional.of(words(side, reason)) : Optional.empty();
    }
}
