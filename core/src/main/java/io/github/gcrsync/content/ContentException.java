package io.github.gcrsync.content;

import io.github.gcrsync.text.Message;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Why a store could not do what it was asked. The message says where (registry, repository, tag or digest), the HTTP
 * status and the registry's own error code where there are any; it never holds a secret or a query string.
 */
public abstract sealed class ContentException extends RuntimeException {
    private static final Logger LOG = LoggerFactory.getLogger(ContentException.class);
    private static final int DEEPEST_CAUSE = 8;

    private final transient Message message;

    private ContentException(Message message, @Nullable Throwable cause) {
        super(message.toString(), cause);
        this.message = message;
    }

    /** What to do, as the end of the message says it, where whoever made the exception knows. */
    public Optional<String> remedy() {
        return message.remedy();
    }

    /** The message in its parts. */
    final Message message() {
        return message;
    }

    /**
     * The exception itself if it is one of these, or {@link Unexpected} for one that nobody has meant; then the debug log says
     * where it was thrown.
     *
     * @throws RuntimeException the given one, if somebody has meant it to end more than the work on one content: of a type of
     *     gcrsync's own, or about a file of the user's
     */
    public static ContentException of(RuntimeException thrown) {
        if (thrown instanceof ContentException reason) {
            return reason;
        }
        if (isMeant(thrown)) {
            throw thrown;
        }
        LOG.debug("a mistake in gcrsync:{}", places(thrown));
        return new Unexpected(thrown);
    }

    private static boolean isMeant(RuntimeException thrown) {
        boolean ours = thrown.getClass().getPackageName().startsWith("io.github.gcrsync.");
        return thrown instanceof UncheckedIOException || (ours && !(thrown instanceof IllegalArgumentException));
    }

    /** A stack trace without the messages: nobody can say what they hold. */
    private static String places(Throwable thrown) {
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

    /** What was asked for does not exist: 404. */
    public static final class NotFound extends ContentException {
        public NotFound(String message) {
            this(Message.of(message));
        }

        public NotFound(Message message) {
            super(message, null);
        }
    }

    /** The credentials do not suffice: 401 after renewal, 403. */
    public static final class Denied extends ContentException {
        private final boolean credentialsRefused;
        private final transient Optional<String> refusedUser;

        public Denied(String message, boolean credentialsRefused) {
            this(Message.of(message), credentialsRefused, Optional.empty());
        }

        /** @param refusedUser whose password is wrong; empty if it is not known to be */
        public Denied(Message message, boolean credentialsRefused, Optional<String> refusedUser) {
            super(message, null);
            this.credentialsRefused = credentialsRefused;
            this.refusedUser = refusedUser;
        }

        /** The same with one more remedy. */
        public Denied and(Optional<String> remedy) {
            return new Denied(message().and(remedy), credentialsRefused, refusedUser);
        }

        /** Whether user and password themselves were not accepted, so that nothing else will go better. */
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

        /** What the registry asked to wait, if it said so. */
        public Optional<Duration> retryAfter() {
            return retryAfter;
        }
    }

    /** Content that is not what its digest, length or type says. */
    public static final class Corrupt extends ContentException {
        public Corrupt(String message) {
            super(Message.of(message), null);
        }

        public Corrupt(String message, Throwable cause) {
            super(Message.of(message), cause);
        }
    }

    /** The store misses content that a manifest names, although it was there before: a garbage collection took it. */
    public static final class Incomplete extends ContentException {
        public Incomplete(String message) {
            super(Message.of(message), null);
        }
    }

    /** A request the store refuses or a kind of content nobody here can handle. */
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

        /** Whether it is certain that this content is refused, wherever it goes and whoever sends it. */
        public boolean isOfContent() {
            return ofContent;
        }
    }

    /** The tag at the destination belongs to another image, whose mirror would overwrite it again. */
    public static final class Conflict extends ContentException {
        public Conflict(String message) {
            super(Message.of(message), null);
        }
    }

    /** The store takes nothing more, whatever it is: full, over its quota or read-only. */
    public static final class Unwritable extends ContentException {
        public Unwritable(String message) {
            super(Message.of(message), null);
        }
    }

    /** No usable answer, retries included: connection failures, time-outs, 5xx; disk errors of a folder. */
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
     * A mistake of this library, or of one that it uses, which this content has brought to light; the cause is what was
     * thrown. Its message is not repeated, for nobody can say what it holds.
     */
    public static final class Unexpected extends ContentException {
        private Unexpected(RuntimeException mistake) {
            super(Message.of("a mistake in gcrsync: " + mistake.getClass().getSimpleName() + place(mistake)), mistake);
        }

        private static String place(RuntimeException mistake) {
            StackTraceElement[] trace = mistake.getStackTrace();
            return trace.length == 0 ? "" : " at " + trace[0].getFileName() + ":" + trace[0].getLineNumber();
        }
    }
}
