package gcrsync.output;

import gcrsync.content.ContentException;
import gcrsync.copy.Side;
import gcrsync.mirror.Failure;
import java.util.Locale;

/** What a person can do about a failure, by its side and kind. */
public final class Advice {
    private Advice() {}

    public static String on(Failure failure) {
        boolean atSource = failure.side() == Side.SOURCE;
        return switch (failure.reason()) {
            case ContentException.NotFound _ ->
                atSource
                        ? "the source lists it but does not have it: ask its owner, or leave it out by --exclude-tag"
                        : "create the repository at the destination first, or check --destination";
            case ContentException.Denied _ ->
                atSource
                        ? "log in to the source with a user that may pull, or leave the repository out by --exclude-repository"
                        : "log in to the destination with a user that may push, and see that the repository may be created";
            case ContentException.RateLimited _ ->
                "run again later, log in (limits are higher then), or lower --processlimit and --querylimit";
            case ContentException.Corrupt _ ->
                atSource
                        ? "run again; if it stays, the source's copy is damaged or a cache on the way is: tell its owner"
                        : "run again; if it stays, look at the destination's storage";
            case ContentException.Incomplete _ ->
                "run again when the " + side(failure) + "'s garbage collection is over";
            case ContentException.Unwritable _ ->
                "make room at the destination: free space, raise its quota or end its read-only mode; then run again";
            case ContentException.Unsupported _ ->
                "another run does not help: push the image anew with a current tool, or leave it out by --exclude-tag";
            case ContentException.Unreachable _ ->
                "run again; if it stays, check the network, --proxy, --httptimeout and the state of the "
                        + side(failure);
        };
    }

    public static String side(Failure failure) {
        return failure.side().name().toLowerCase(Locale.ROOT);
    }

    /** NotFound, Denied and so on: what a program can tell failures apart by. */
    static String cause(Failure failure) {
        return failure.reason().getClass().getSimpleName();
    }
}
