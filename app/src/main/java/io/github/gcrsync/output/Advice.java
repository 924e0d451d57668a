package io.github.gcrsync.output;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.copy.CopyException;
import io.github.gcrsync.copy.Side;
import io.github.gcrsync.plan.Failure;
import io.github.gcrsync.plan.Sides;
import io.github.gcrsync.text.Message;
import java.nio.file.FileSystemException;
import java.util.Locale;

/** What a person can do about a failure, by its side and kind. */
public final class Advice {
    private static final String NOT_SENT_AGAIN =
            "check user and password; they were sent once and not again, because wrong passwords lock accounts";

    private Advice() {}

    public static String on(Failure failure) {
        boolean atSource = failure.side() == Side.SOURCE;
        return switch (failure.reason()) {
            case ContentException.NotFound _ ->
                atSource
                        ? "the source does not have it: ask its owner, or exclude it by --exclude-tag; gcrsync explain shows what the flags select"
                        : "create the repository at the destination first, or check --destination";
            case ContentException.Denied denied when denied.refusedUser().isPresent() -> NOT_SENT_AGAIN;
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
            case ContentException.Conflict _ ->
                "give one of the two namespaces another --destination or --name-template, or leave the image out by --exclude-tag";
            case ContentException.Unwritable _ ->
                "make room at the destination: free space, raise its quota or end its read-only mode; then run again";
            case ContentException.Unsupported _ ->
                "another run does not help: push the image anew with a current tool, or leave it out by --exclude-tag";
            case ContentException.Unreachable disk
            when disk.getCause() instanceof FileSystemException ->
                "see that the folder can be read and written and that the disk has room, then run again";
            case ContentException.Unreachable _ ->
                "run again; if it stays, check the network, --proxy, --httptimeout and the state of the "
                        + side(failure);
            case ContentException.Unexpected _ ->
                "run it again with --debug and report what that prints; meanwhile leave it out by --exclude-tag or --exclude-repository";
        };
    }

    /** A reason why a command ends before any image is dealt with, with what to do unless it says that itself. */
    public static String withRemedy(ContentException reason) {
        return withRemedy(String.valueOf(reason.getMessage()), reason);
    }

    /** The same where one side has failed as a whole. */
    public static String withRemedy(CopyException failure) {
        return withRemedy(Sides.words(failure.side(), failure.reason()), failure.reason());
    }

    private static String withRemedy(String message, ContentException reason) {
        return reason.remedy().isPresent()
                ? message
                : Message.of(message, usualRemedy(reason)).toString();
    }

    private static String usualRemedy(ContentException reason) {
        return switch (reason) {
            case ContentException.NotFound _ -> "check --source, --namespace and --destination";
            case ContentException.Denied denied when denied.refusedUser().isPresent() -> NOT_SENT_AGAIN;
            case ContentException.Denied _ ->
                "log in as a user who may do this (docker login, --authfile), and check --source, --namespace and --destination";
            case ContentException.RateLimited _ ->
                "run again later, log in (limits are higher then), or lower --querylimit";
            case ContentException.Corrupt _, ContentException.Incomplete _ ->
                "run again; if it stays, tell who runs the registry";
            case ContentException.Unsupported _ -> "use another registry, or another --namespace";
            case ContentException.Conflict _ -> "use another --destination or --name-template";
            case ContentException.Unwritable _ ->
                "make room: free space, raise the quota or end the read-only mode; then run again";
            case ContentException.Unreachable disk
            when disk.getCause() instanceof FileSystemException ->
                "see that the folder can be made, read and written, or name another by --destination";
            case ContentException.Unreachable _ ->
                "run again; if it stays, check the name, the network, --proxy, --httptimeout and the state of the registry";
            case ContentException.Unexpected _ -> "run it again with --debug and report what that prints";
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
