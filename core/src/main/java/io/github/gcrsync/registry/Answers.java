package io.github.gcrsync.registry;

import io.github.gcrsync.auth.AuthenticationException;
import io.github.gcrsync.auth.Challenge;
import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.http.Addresses;
import io.github.gcrsync.http.RefusedException;
import io.github.gcrsync.http.Request;
import io.github.gcrsync.http.Response;
import io.github.gcrsync.http.RetryAfter;
import io.github.gcrsync.text.Json;
import io.github.gcrsync.text.Message;
import io.github.gcrsync.text.Printable;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;

/** Turns what a registry answered, or that it did not, into the one exception that says it. */
public final class Answers {
    private static final int LARGEST_ERROR = 16 << 10;
    private static final Pattern QUOTA = Pattern.compile("(?i)quota|exceed.*(limit|storage)|storage.*exceed");

    private Answers() {}

    /** Reads the error out of the response and closes it. */
    static ContentException refusal(Request request, Response response) {
        int status = response.status();
        List<ErrorEntry> errors = errors(response);
        Optional<String> scope = missingScope(response);
        String message = "HTTP " + status + codes(errors) + " from " + request
                + (scope.isPresent() ? ": insufficient_scope" : "") + leadsTo(request, response);
        if (isForNothingMore(request, status, errors)) {
            return new ContentException.Unwritable(message);
        }
        return switch (status) {
            case 401, 403 ->
                new ContentException.Denied(message, status == 401 && asksForBasic(response))
                        .and(scope.map(right -> "the account needs the right " + right));
            case 404 ->
                isMissingContent(request, errors)
                        ? new ContentException.Incomplete(message)
                        : new ContentException.NotFound(message);
            case 429 ->
                new ContentException.RateLimited(
                        message,
                        response.headers()
                                .first("Retry-After")
                                .flatMap(value -> RetryAfter.parse(value, Instant.now())));
            case 413 -> new ContentException.Unsupported(message);
            default -> {
                if (isMissingContent(request, errors)) {
                    yield new ContentException.Incomplete(message);
                }
                if (status == 400
                        && errors.stream()
                                .anyMatch(e -> e.code().equals("DIGEST_INVALID")
                                        || e.code().equals("SIZE_INVALID"))) {
                    yield new ContentException.Corrupt(message);
                }
                yield status >= 500 || status == 408 || status == 425
                        ? new ContentException.Unreachable(message)
                        : new ContentException.Unsupported(message, isOfManifest(request, status));
            }
        };
    }

    public static ContentException failure(Request request, IOException e) {
        if (e instanceof AuthenticationException refused) {
            String message = refused.getMessage() + " (needed by " + request + ")";
            return switch (refused.status()) {
                case 400, 401, 403 -> new ContentException.Denied(Message.of(message), true, refused.user());
                case 429 -> new ContentException.RateLimited(message, Optional.empty());
                default -> new ContentException.Unreachable(message, e);
            };
        }
        Message why = e instanceof RefusedException refused
                ? refused.message().saying(Printable.shortened(refused.message().what()))
                : Message.of(reason(e));
        return new ContentException.Unreachable(why.saying("no answer to " + request + ": " + why.what()), e);
    }

    /** With a password there is no more to say than yes or no; a token may also lack the right scope. */
    private static boolean asksForBasic(Response response) {
        return response.headers().all("WWW-Authenticate").stream()
                .flatMap(header -> Challenge.parse(header).stream())
                .allMatch(challenge -> challenge.scheme().equals("basic"));
    }

    /** Of a token that was accepted, but does not allow this: logging in again would not help, other rights would. */
    private static Optional<String> missingScope(Response response) {
        return response.headers().all("WWW-Authenticate").stream()
                .flatMap(header -> Challenge.parse(header).stream())
                .filter(challenge -> challenge.parameter("error").orElse("").equals("insufficient_scope"))
                .findFirst()
                .map(challenge ->
                        Printable.shortened(challenge.parameter("scope").orElse("to do this")));
    }

    /** A redirect that is not followed: who meets it can name the other place. */
    private static String leadsTo(Request request, Response response) {
        String location = response.headers().first("Location").orElse("");
        if (response.status() / 100 != 3 || location.isEmpty()) {
            return "";
        }
        try {
            return ", which leads to " + Addresses.printable(Addresses.resolve(request.uri(), location));
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    /** An exception's own words, with its kind where the words alone would puzzle. */
    static String reason(IOException e) {
        String words = String.valueOf(e.getMessage());
        String kind = e.getClass().getSimpleName();
        String text =
                e.getMessage() == null ? kind : kind.endsWith("TimeoutException") ? "timed out (" + words + ")" : words;
        return Printable.shortened(e instanceof java.net.UnknownHostException ? "unknown host " + words : text);
    }

    /**
     * Whether the registry would refuse any other image as well: its storage or a quota is full, which registries tell by 507 or
     * in the words of a 403 (Harbor, Quay), or it is read-only and knows no uploads at all (405; distribution, Quay).
     */
    private static boolean isForNothingMore(Request request, int status, List<ErrorEntry> errors) {
        String path = String.valueOf(request.uri().getPath());
        boolean begins = (request.uri().getQuery() == null && request.method().equals("POST"))
                || (request.method().equals("PUT") && path.contains("/manifests/"));
        return switch (status) {
            case 507 -> isWriting(request);
            case 405 -> begins;
            case 403 ->
                isWriting(request)
                        && errors.stream()
                                .anyMatch(e -> QUOTA.matcher(e.code() + " " + e.message())
                                        .find());
            default -> false;
        };
    }

    private static boolean isWriting(Request request) {
        return !request.method().equals("GET") && !request.method().equals("HEAD");
    }

    private record ErrorEntry(String code, String message) {}

    /** Said of a manifest that was to be stored; of what was to be read, the same codes only mean not found. */
    private static boolean isMissingContent(Request request, List<ErrorEntry> errors) {
        return request.method().equals("PUT")
                && errors.stream()
                        .anyMatch(e -> e.code().equals("MANIFEST_BLOB_UNKNOWN")
                                || e.code().equals("BLOB_UNKNOWN"));
    }

    /** A manifest that the registry has read and does not want; a 405 would say that it takes none. */
    private static boolean isOfManifest(Request request, int status) {
        return (status == 400 || status == 415 || status == 422)
                && request.method().equals("PUT")
                && request.uri().getPath().contains("/manifests/");
    }

    /** The registry's own words ("Error Codes" of the distribution specification), as far as they can be understood. */
    private static List<ErrorEntry> errors(Response response) {
        List<ErrorEntry> found = new ArrayList<>();
        try (response) {
            byte[] body = response.body().readNBytes(LARGEST_ERROR);
            if (body.length > 0
                    && Json.tree(body) instanceof Map<?, ?> root
                    && root.get("errors") instanceof List<?> entries) {
                for (Object entry : entries) {
                    if (entry instanceof Map<?, ?> fields) {
                        found.add(new ErrorEntry(text(fields.get("code")), text(fields.get("message"))));
                    }
                }
            }
        } catch (IOException | JacksonException e) {
            // An error page that is not JSON: the status has to do.
        }
        return found;
    }

    private static String codes(List<ErrorEntry> errors) {
        Set<String> texts = new LinkedHashSet<>();
        for (ErrorEntry error : errors) {
            texts.add(
                    error.message().isEmpty() || error.message().equalsIgnoreCase(error.code())
                            ? error.code()
                            : error.code() + " (" + error.message() + ")");
        }
        return texts.isEmpty() ? "" : " " + Printable.shortened(String.join(", ", texts));
    }

    private static String text(@org.jspecify.annotations.Nullable Object value) {
        return value instanceof String s ? s : "";
    }
}
