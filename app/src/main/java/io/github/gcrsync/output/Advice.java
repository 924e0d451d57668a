package io.github.gcrsync.output;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.copy.CopyException;
import io.github.gcrsync.copy.Side;
import io.github.gcrsync.plan.Failure;
import io.github.gcrsync.plan.Sides;
import io.github.gcrsync.text.Message;
import java.nio.file.FileSystemException;
import java.util.Locale;

/** The remedy for a failure, by its side and kind. */
public final class Advice {
    private static final String OVERWRITE = "allow overwriting the tag at the destination, or exclude it";
    private static final String NOT_SENT_AGAIN =
            "check user and password; gcrsync does not retry them, because wrong passwords lock accounts";

    private Advice() {}

    public static String on(Failure failure) {
        boolean atSource = failure.side() == Side.SOURCE;
        return switch (failure.reason()) {
            case ContentException.NotFound _ ->
                atSource
                        ? "the source does not have it: check its name, ask its owner, or exclude it; gcrsync explain shows what is selected"
                        : "create the repository at the destination first, or check --destination";
            case ContentException.Denied denied when denied.refusedUser().isPresent() -> NOT_SENT_AGAIN;
            case ContentException.Denied _ ->
                atSource
                        ? "log in to the source as a user that may pull, or exclude the repository with --exclude-repository"
                        : "log in to the destination as a user that may push, and check that the repository may be created";
            case ContentException.RateLimited _ ->
                "run again later, log in (limits are higher then), or lower --processlimit and --querylimit";
            case ContentException.Corrupt damaged
            when damaged.remedy().isPresent() -> damaged.remedy().get();
            case ContentException.Corrupt _ ->
                atSource
                        ? "run again; if it fails again, the source or a cache on the way is damaged: tell its owner"
                        : "run again; if it fails again, check the destination's storage";
            case ContentException.Incomplete lacking
            when lacking.remedy().isPresent() -> lacking.remedy().get();
            case ContentException.Incomplete _ ->
                "run again when the " + side(failure) + "'s garbage collection has finished";
            case ContentException.Untrusted _ ->
                "ask its publisher to sign it by a key that is required, or exclude it; a later run mirrors it once it is signed";
            case ContentException.Conflict _ ->
                "give one of the two namespaces another --destination or --name-template, or exclude the image with --exclude-tag";
            case ContentException.Held held -> held.remedy().orElse(OVERWRITE);
            case ContentException.Unwritable _ ->
                "free space at the destination, raise its quota or end its read-only mode; then run again";
            case ContentException.Unsupported refused
            when refused.remedy().isPresent() -> refused.remedy().get();
            case ContentException.Unsupported _ ->
                "another run does not help: push the image again with a current tool, or exclude it with --exclude-tag";
            case ContentException.Unreachable disk
            when disk.getCause() instanceof FileSystemException ->
                "check that the folder is readable and writable and that the disk has space, then run again";
            case ContentException.Unreachable _ ->
                "run again; if it fails again, check the network, --proxy, --httptimeout and the " + side(failure);
            case ContentException.Unexpected _ ->
                "run again with --debug and report the output; meanwhile exclude it with --exclude-tag or --exclude-repository";
        };
    }

    /** The remedy for a copy of one image, which has no rules that could exclude it. */
    public static String onCopy(Failure failure) {
        boolean atSource = failure.side() == Side.SOURCE;
        return switch (failure.reason()) {
            case ContentException.NotFound _ ->
                atSource
                        ? "check the name and the tag; registries also hide what a user may not pull"
                        : "create the repository at the destination first, or check its name";
            case ContentException.Denied denied
            when atSource && denied.refusedUser().isEmpty() -> "log in to the source as a user that may pull";
            case ContentException.RateLimited _ -> "run again later, or log in (limits are higher then)";
            case ContentException.Unsupported refused
            when refused.remedy().isEmpty() -> "another run does not help: push the image again with a current tool";
            case ContentException.Untrusted _ ->
                "ask its publisher to sign it by a key of --verify-key, or check that this is the publisher's key";
            case ContentException.Unexpected _ -> "run again with --debug and report the output";
            default -> on(failure);
        };
    }

    /** Describes why a command ends before any image, and adds a remedy unless the reason has one. */
    public static String withRemedy(ContentException reason) {
        return withRemedy(String.valueOf(reason.getMessage()), reason);
    }

    /** Describes the failure of one side as a whole. */
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
                "log in as a user with this permission (docker login, --authfile), and check --source, --namespace and --destination";
            case ContentException.RateLimited _ ->
                "run again later, log in (limits are higher then), or lower --querylimit";
            case ContentException.Corrupt _, ContentException.Incomplete _ ->
                "run again; if it fails again, tell the registry's operator";
            case ContentException.Unsupported _ -> "use another registry, or another --namespace";
            case ContentException.Untrusted _ -> "check the keys that are required";
            case ContentException.Conflict _ -> "use another --destination or --name-template";
            case ContentException.Held _ -> OVERWRITE;
            case ContentException.Unwritable _ ->
                "free space, raise the quota or end the read-only mode; then run again";
            case ContentException.Unreachable disk
            when disk.getCause() instanceof FileSystemException ->
                "check that the folder can be created, read and written, or use another --destination";
            case ContentException.Unreachable _ ->
                "run again; if it fails again, check the name, the network, --proxy, --httptimeout and the registry";
            case ContentException.Unexpected _ -> "run again with --debug and report the output";
        };
    }

    public static String side(Failure failure) {
        return failure.side().name().toLowerCase(Locale.ROOT);
    }

    /** NotFound, Denied and so on, or what is wrong with a signature, for programs. */
    static String cause(Failure failure) {
        return failure.reason() instanceof ContentException.Untrusted untrusted
                ? untrusted.kind()
                : failure.reason().getClass().getSimpleName();
    }
}
