package io.github.gcrsync.testkit;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;

/**
 * A fault for requests of one method (or {@code *} for any) whose path contains a match of a regular expression. It
 * strikes once unless {@link #times} or {@link #always} is set. The last action set counts.
 */
public final class Fault {
    /** The effect on a matching request. */
    sealed interface Action {
        /** Answers like this without handling the request. */
        record Answer(int status, Map<String, String> headers, String body) implements Action {}

        /** Announces the full length of the answer, sends this many body bytes, then closes the connection. */
        record Cut(long afterBytes) implements Action {}

        /** Like Cut, but resets the connection (TCP RST). */
        record ResetAfter(long bytes) implements Action {}

        /** Stops the answer after this many body bytes, until the server closes. */
        record Stall(long afterBytes) implements Action {}

        /** Changes the answer's byte at this offset. */
        record Corrupt(long offset) implements Action {}

        /** Handles and answers the request only when the latch is open. */
        record Delay(CountDownLatch until) implements Action {}

        /** Resets the connection (TCP RST) instead of answering. */
        record Reset() implements Action {}

        /** Handles the request, then resets the connection in the middle of the answer's head. */
        record CutHead() implements Action {}

        /** Handles the request, then closes the connection before the answer: the client cannot know the outcome. */
        record LateCut() implements Action {}

        /** Sends the answer's body at this rate. */
        record Throttle(long bytesPerSecond) implements Action {}

        /** Reads and keeps this many bytes of the request body, then closes the connection. */
        record CutUpload(long afterBytes) implements Action {}

        /** Reads this many bytes of the request body, then none until the server closes. */
        record StallUpload(long afterBytes) implements Action {}

        /** Reads the request body at this rate. */
        record ThrottleUpload(long bytesPerSecond) implements Action {}
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

    /** Spares the first n matching requests. */
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

    /** Answers with this status, body and headers. */
    public Fault status(int status) {
        String code = status == 429 ? "TOOMANYREQUESTS" : status == 403 ? "DENIED" : "UNKNOWN";
        String body = "{\"errors\":[{\"code\":\"%s\",\"message\":\"a fault of the test\"}]}".formatted(code);
        return status(status, body);
    }

    public Fault status(int status, String body) {
        action = new Action.Answer(status, headers, body);
        return this;
    }

    /** Adds a header to the answer of {@link #status}. */
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

    /** Handles the request without telling the client. */
    public Fault cutAnswer() {
        action = new Action.LateCut();
        return this;
    }

    public Fault throttle(long bytesPerSecond) {
        action = new Action.Throttle(bytesPerSecond);
        return this;
    }

    /** Keeps the bytes before the cut in the upload session, as real registries do. */
    public Fault cutUploadAfter(long bytes) {
        action = new Action.CutUpload(bytes);
        return this;
    }

    public Fault stallUploadAfter(long bytes) {
        action = new Action.StallUpload(bytes);
        return this;
    }

    public Fault throttleUpload(long bytesPerSecond) {
        action = new Action.ThrottleUpload(bytesPerSecond);
        return this;
    }

    /** Returns whether the fault strikes this request, and counts it. */
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
