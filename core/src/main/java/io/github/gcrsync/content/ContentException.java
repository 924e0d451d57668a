package io.github.gcrsync.content;

import io.github.gcrsync.text.Message;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports a failed operation of a store. The message names the place (registry, repository, tag or digest), and the
 * HTTP status and the registry's error code if there are any; it never contains a secret or a query string.
 */
public abstract sealed class ContentException extends RuntimeException {
    private static final Logger LOG = LoggerFactory.getLogger(ContentException.class);
    private static final int DEEPEST_CAUSE = 8;

    private final transient Message message;

    private ContentException(Message message, @Nullable Throwable cause) {
        super(message.toString(), cause);
        this.message = message;
    }

    /** What the user can do, which is also the end of the message; empty if unknown. */
    public Optional<String> remedy() {
        return message.remedy();
    }

    /** The message, with its remedy kept apart. */
    final Message message() {
        return message;
    }

    /**
     * Returns the exception itself if it is a ContentException, or wraps an unexpected one in {@link Unexpected} and
     * logs its stack trace at debug level.
     *
     * @throws RuntimeException the given exception, if it must end more than the work on one content: a type of
     *     gcrsync's own, or an error of a user's file
     */
    public static ContentException of(RuntimeException thrown) {
        if (thrown instanceof ContentException reason) {
            return reason;
        }
        if (isIntended(thrown)) {
            throw thrown;
        }
        LOG.debug("internal error:{}", stackTrace(thrown));
        return new Unexpected(thrown);
    }

    private static boolean isIntended(RuntimeException thrown) {
        boolean ours = thrown.getClass().getPackageName().startsWith("io.github.gcrsync.");
        return thrown instanceof UncheckedIOException || (ours && !(thrown instanceof IllegalArgumentException));
    }

    /** Formats a stack trace without messages, which may contain secrets. */
    private static String stackTrace(Throwable thrown) {
        StringBuilder text = new StringBuilder();
        Throwable cause = thrown;
        for (int depth = 0; cause != null && depth < DEEPEST_CAUSE; depth++) {
            text.append("\n").append(cause.getClass().getName());
            for (StackTraceElement frame : cause.getStackTrace()) {
                text.append("\n    at ").append(frame);
            }
            cause = cause.getCause();
        }
        return text.toString();
    }

    /** The content does not exist: 404. */
    public static final class NotFound extends ContentException {
        public NotFound(String message) {
            this(Message.of(message));
        }

        public NotFound(Message message) {
            super(message, null);
        }
    }

    /** The credentials are insufficient: 401 after renewal, or 403. */
    public static final class Denied extends ContentException {
        private final boolean credentialsRefused;
        private final transient Optional<String> refusedUser;

        public Denied(String message, boolean credentialsRefused) {
            this(Message.of(message), credentialsRefused, Optional.empty());
        }

        /** @param refusedUser the user whose password is wrong; empty if that is unknown */
        public Denied(Message message, boolean credentialsRefused, Optional<String> refusedUser) {
            super(message, null);
            this.credentialsRefused = credentialsRefused;
            this.refusedUser = refusedUser;
        }

        /** Appends a remedy. */
        public Denied and(Optional<String> remedy) {
            return new Denied(message().and(remedy), credentialsRefused, refusedUser);
        }

        /** Whether user and password were refused, so that all other requests would fail too. */
        public boolean areCredentialsRefused() {
            return credentialsRefused;
        }

        /** The user whose password was refused; it is not sent again in this run. */
        public Optional<String> refusedUser() {
            return refusedUser;
        }
    }

    /** Too many requests, retries included: 429. */
    public static final class RateLimited extends ContentException {
        private final transient Optional<Duration> retryAfter;

        public RateLimited(String message, Optional<Duration> retryAfter) {
            super(Message.of(message), null);
            this.retryAfter = retryAfter;
        }

        /** The wait that the registry asked for, if any. */
        public Optional<Duration> retryAfter() {
            return retryAfter;
        }
    }

    /** Content that does not match its digest, length or type. */
    public static final class Corrupt extends ContentException {
        public Corrupt(String message) {
            this(Message.of(message));
        }

        public Corrupt(Message message) {
            super(message, null);
        }

        public Corrupt(String message, Throwable cause) {
            this(Message.of(message), cause);
        }

        public Corrupt(Message message, Throwable cause) {
            super(message, cause);
        }
    }

    /** The store lacks content that a manifest names, e.g. because a garbage collection deleted it. */
    public static final class Incomplete extends ContentException {
        public Incomplete(String message) {
            this(Message.of(message));
        }

        public Incomplete(Message message) {
            super(message, null);
        }
    }

    /** A request that the store refuses, or a kind of content that gcrsync does not support. */
    public static final class Unsupported extends ContentException {
        private final boolean ofContent;

        public Unsupported(String message) {
            this(message, false);
        }

        public Unsupported(Message message) {
            this(message, false);
        }

        public Unsupported(String message, boolean ofContent) {
            this(Message.of(message), ofContent);
        }

        private Unsupported(Message message, boolean ofContent) {
            super(message, null);
            this.ofContent = ofContent;
        }

        /** Whether the content itself is refused, for every user and destination. */
        public boolean isOfContent() {
            return ofContent;
        }
    }

    /** The image lacks a signature that the user requires. */
    public static final class Untrusted extends ContentException {
        private final String kind;

        /** @param kind {@code unsigned}, {@code bad signature} or {@code other key}; the message begins with it */
        public Untrusted(String kind, String message) {
            super(Message.of(kind + ": " + message), null);
            this.kind = kind;
        }

        public String kind() {
            return kind;
        }
    }

    /** The tag at the destination belongs to an image of another mirror, which would overwrite it again. */
    public static final class Conflict extends ContentException {
        public Conflict(String message) {
            super(Message.of(message), null);
        }
    }

    /** The tag exists with another digest and cannot be overwritten: it is immutable or locked. */
    public static final class Held extends ContentException {
        public Held(Message message) {
            super(message, null);
        }
    }

    /** The store accepts no content at all: it is full, over its quota or read-only. */
    public static final class Unwritable extends ContentException {
        public Unwritable(String message) {
            super(Message.of(message), null);
        }
    }

    /** No usable answer, even after retries: connection failures, timeouts, 5xx; disk errors of a folder. */
    public static final class Unreachable extends ContentException {
        public Unreachable(String message) {
            super(Message.of(message), null);
        }

        public Unreachable(String message, Throwable cause) {
            this(Message.of(message), cause);
        }

        public Unreachable(Message message, Throwable cause) {
            super(message, cause);
        }
    }

    /**
     * An internal error of this library or its dependencies, found while it worked on one content. The cause is the
     * original exception; its message is not repeated, because it may contain secrets.
     */
    public static final class Unexpected extends ContentException {
        private Unexpected(RuntimeException error) {
            super(Message.of("internal error: " + error.getClass().getSimpleName() + place(error)), error);
        }

        private static String place(RuntimeException error) {
            StackTraceElement[] trace = error.getStackTrace();
            return trace.length == 0 ? "" : " at " + trace[0].getFileName() + ":" + trace[0].getLineNumber();
        }
    }
}
