package io.github.gcrsync.testkit;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;

/**
 * Something that goes wrong with requests of one method (or {@code *} for any) whose path has a match of a regular expression.
 * It happens once unless {@link #times} says more. The last action named counts.
 */
public final class Fault {
    /** What happens to a matching request. */
    sealed interface Action {
        /** Answered like this without being handled. */
        record Answer(int status, Map<String, String> headers, String body) implements Action {}

        /** The answer announces its whole length, sends this many body bytes, then the connection closes. */
        record Cut(long afterBytes) implements Action {}

        /** The same, but the connection is reset (TCP RST). */
        record ResetAfter(long bytes) implements Action {}

        /** The answer stops after this many body bytes until the server closes. */
        record Stall(long afterBytes) implements Action {}

        /** The answer's byte at this offset is another one. */
        record Corrupt(long offset) implements Action {}

        /** Handled and answered only when the latch is open. */
        record Delay(CountDownLatch until) implements Action {}

        /** The connection is reset (TCP RST) instead of an answer. */
        record Reset() implements Action {}

        /** The connection is reset in the middle of the answer's head; the request was handled. */
        record CutHead() implements Action {}

        /** Handled, but the connection closes before the answer: the client cannot know. */
        record LateCut() implements Action {}

        /** The answer's body comes at this rate. */
        record Throttle(long bytesPerSecond) implements Action {}

        /** This many bytes of the request's body are taken in and kept, then the connection closes. */
        record CutUpload(long afterBytes) implements Action {}

        /** This many bytes of the request's body are taken in, then none until the server closes. */
        record StallUpload(long afterBytes) implements Action {}
    }

    private final String method;
    private final Pattern path;
    private final Map<String, String> headers = new LinkedHashMap<>();
    private Action action = new Action.Answer(500, Map.of(), "");
    private int skip;
    private int left = 1;

    private Fault(String method, Pattern path) {
        this.method = method;
        this.path = path;
    }

    public static Fault on(String method, String pathRegex) {
        return new Fault(method, Pattern.compile(pathRegex));
    }

    /** The first n matching requests go unharmed. */
    public Fault skip(int n) {
        skip = n;
        return this;
    }

    public Fault times(int n) {
        left = n;
        return this;
    }

    public Fault always() {
        return times(Integer.MAX_VALUE);
    }

    /** Answers with this status, and the body and headers given besides. */
    public Fault status(int status) {
        String code = status == 429 ? "TOOMANYREQUESTS" : status == 403 ? "DENIED" : "UNKNOWN";
        String body = "{\"errors\":[{\"code\":\"%s\",\"message\":\"a fault of the test\"}]}".formatted(code);
        return status(status, body);
    }

    public Fault status(int status, String body) {
        action = new Action.Answer(status, headers, body);
        return this;
    }

    /** A header of the answer that {@link #status} gives. */
    public Fault header(String name, String value) {
        headers.put(name, value);
        return this;
    }

    public Fault cutAfter(long bytes) {
        action = new Action.Cut(bytes);
        return this;
    }

    public Fault resetAfter(long bytes) {
        action = new Action.ResetAfter(bytes);
        return this;
    }

    public Fault stallAfter(long bytes) {
        action = new Action.Stall(bytes);
        return this;
    }

    public Fault corruptByte(long offset) {
        action = new Action.Corrupt(offset);
        return this;
    }

    public Fault delayUntil(CountDownLatch open) {
        action = new Action.Delay(open);
        return this;
    }

    public Fault resetConnection() {
        action = new Action.Reset();
        return this;
    }

    public Fault cutHead() {
        action = new Action.CutHead();
        return this;
    }

    /** The request is done, and the client is not told. */
    public Fault cutAnswer() {
        action = new Action.LateCut();
        return this;
    }

    public Fault throttle(long bytesPerSecond) {
        action = new Action.Throttle(bytesPerSecond);
        return this;
    }

    /** What came before the cut stays in the upload session, as a real registry keeps it. */
    public Fault cutUploadAfter(long bytes) {
        action = new Action.CutUpload(bytes);
        return this;
    }

    public Fault stallUploadAfter(long bytes) {
        action = new Action.StallUpload(bytes);
        return this;
    }

    /** Whether it strikes this request; counts it if so. */
    synchronized boolean strikes(String requestMethod, String requestPath) {
        if (left == 0
                || !(method.equals("*") || method.equals(requestMethod))
                || !path.matcher(requestPath).find()) {
            return false;
        }
        if (skip > 0) {
            skip--;
            return false;
        }
        left--;
        return true;
    }

    Action action() {
        return action;
    }
}
