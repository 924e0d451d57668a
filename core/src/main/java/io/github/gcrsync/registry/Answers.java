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
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;

/** Maps answers of registries, and missing answers, to exceptions. */
public final class Answers {
    private static final int LARGEST_ERROR = 16 << 10;
    /**
     * How registries refuse to overwrite or delete a tag: Amazon ECR by 400 TAG_INVALID "already exists … and cannot be
     * overwritten because the tag is immutable", even with an equal digest (moby/buildkit 3776); Harbor by 412 PRECONDITION
     * "configured as immutable" (ErrImmutable of goharbor/harbor); Docker Hub by 403 "cannot be updated due to immutability
     * settings"; Alibaba "already exists and cannot be overwritten" (its help, doc 186029); Nexus by 400, whose detail is
     * "Repository does not allow updating assets" (GoogleContainerTools/jib 3057); Azure by 405
     * REGISTRY_DISALLOWED_OPERATION (Azure/azure-sdk-for-net 22827); others by 409 TAG_IMMUTABLE.
     */
    private static final Pattern HELD = Pattern.compile(
            "(?i)immutab|locked|already exists|overwr|cannot be updated|updating assets|DISALLOWED_OPERATION");

    private static final Set<Integer> HOLDING = Set.of(400, 403, 405, 409, 412);
    private static final Pattern QUOTA = Pattern.compile("(?i)quota|exceed.*(limit|storage)|storage.*exceed");

    private Answers() {}

    /** Parses the error in the response and closes the response. */
    static ContentException refusal(Request request, Response response) {
        return exception(request, response, errors(response));
    }

    /**
     * Like {@link #refusal}, for a tag or manifest that was to be deleted; empty if the registry says that it deletes no
     * tags, or no manifests, at all. Azure and zot also answer 405 if one tag is locked, or an index names the manifest.
     */
    static Optional<ContentException> refusalToDelete(Request request, Response response, boolean isTag) {
        List<ErrorEntry> errors = errors(response);
        return deletesNone(response.status(), errors, isTag)
                ? Optional.empty()
                : Optional.of(exception(request, response, errors));
    }

    /** Distribution 2 answers 400 DIGEST_INVALID for a tag, because it deletes only by digest; Harbor 400 UNSUPPORTED. */
    private static boolean deletesNone(int status, List<ErrorEntry> errors, boolean isTag) {
        Set<String> codes = errors.stream()
                .map(ErrorEntry::code)
                .filter(code -> !code.isEmpty())
                .collect(Collectors.toSet());
        boolean isForTags = isTag && status == 400;
        return errors.stream().noneMatch(ErrorEntry::isOfHeldTag)
                && (codes.isEmpty()
                        ? status == 405 || status == 501 || isForTags
                        : codes.equals(Set.of("UNSUPPORTED")) || (isForTags && codes.equals(Set.of("DIGEST_INVALID"))));
    }

    /** @param mayBeHeld whether the registry may refuse to overwrite the tag, because of what it says */
    record Refusal(ContentException reason, boolean mayBeHeld) {}

    /** Like {@link #refusal}, for a manifest that was to be stored. */
    static Refusal refusalOfManifest(Request request, Response response) {
        List<ErrorEntry> errors = errors(response);
        boolean mayBeHeld =
                HOLDING.contains(response.status()) && errors.stream().anyMatch(ErrorEntry::isOfHeldTag);
        return new Refusal(exception(request, response, errors), mayBeHeld);
    }

    private static ContentException exception(Request request, Response response, List<ErrorEntry> errors) {
        int status = response.status();
        Optional<String> scope = missingScope(response);
        String message = "HTTP " + status + codes(errors) + " from " + request
                + (scope.isPresent() ? ": insufficient_scope" : "") + redirectTarget(request, response);
        if (acceptsNothing(request, status, errors)) {
            return new ContentException.Unwritable(message);
        }
        return switch (status) {
            case 401, 403 ->
                new ContentException.Denied(message, status == 401 && asksForBasic(response))
                        .and(scope.map(right -> "the account needs the permission " + right));
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
                        && !request.method().equals("DELETE") // It sends no content that could be corrupt.
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

    /** A 401 to Basic authentication means a wrong password; one to a token may mean insufficient scope. */
    private static boolean asksForBasic(Response response) {
        return response.headers().all("WWW-Authenticate").stream()
                .flatMap(header -> Challenge.parse(header).stream())
                .allMatch(challenge -> challenge.scheme().equals("basic"));
    }

    /** The scope that an accepted token lacks: the account needs other permissions, not another login. */
    private static Optional<String> missingScope(Response response) {
        return response.headers().all("WWW-Authenticate").stream()
                .flatMap(header -> Challenge.parse(header).stream())
                .filter(challenge -> challenge.parameter("error").orElse("").equals("insufficient_scope"))
                .findFirst()
                .map(challenge ->
                        Printable.shortened(challenge.parameter("scope").orElse("to do this")));
    }

    /** Names the target of a redirect that is not followed, so that the user can configure it. */
    private static String redirectTarget(Request request, Response response) {
        String location = response.headers().first("Location").orElse("");
        if (response.status() / 100 != 3 || location.isEmpty()) {
            return "";
        }
        try {
            return ", which redirects to " + Addresses.printable(Addresses.resolve(request.uri(), location));
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    /** Returns the exception's message, with its type where the message alone is unclear. */
    static String reason(IOException e) {
        String message = String.valueOf(e.getMessage());
        String kind = e.getClass().getSimpleName();
        String text = e.getMessage() == null
                ? kind
                : kind.endsWith("TimeoutException") ? "timed out (" + message + ")" : message;
        return Printable.shortened(e instanceof java.net.UnknownHostException ? "unknown host " + message : text);
    }

    /**
     * Whether the registry would refuse every other image too: its storage or a quota is full, which registries report
     * by 507 or in the text of a 403 (Harbor, Quay), or it is read-only and accepts no uploads (405; distribution,
     * Quay).
     */
    private static boolean acceptsNothing(Request request, int status, List<ErrorEntry> errors) {
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

    private record ErrorEntry(String code, String message, String detail) {
        boolean isOfHeldTag() {
            return HELD.matcher(code + " " + message + " " + detail).find();
        }
    }

    /** Only for a manifest that is stored; when content is read, the same codes just mean not found. */
    private static boolean isMissingContent(Request request, List<ErrorEntry> errors) {
        return request.method().equals("PUT")
                && errors.stream()
                        .anyMatch(e -> e.code().equals("MANIFEST_BLOB_UNKNOWN")
                                || e.code().equals("BLOB_UNKNOWN"));
    }

    /** Whether the registry has read the manifest and refuses it; a 405 would mean that it accepts no manifests. */
    private static boolean isOfManifest(Request request, int status) {
        return (status == 400 || status == 415 || status == 422)
                && request.method().equals("PUT")
                && request.uri().getPath().contains("/manifests/");
    }

    /** Parses the registry's errors (distribution specification, "Error Codes") as far as possible. */
    private static List<ErrorEntry> errors(Response response) {
        List<ErrorEntry> found = new ArrayList<>();
        try (response) {
            byte[] body = response.body().readNBytes(LARGEST_ERROR);
            if (body.length > 0
                    && Json.tree(body) instanceof Map<?, ?> root
                    && root.get("errors") instanceof List<?> entries) {
                for (Object entry : entries) {
                    if (entry instanceof Map<?, ?> fields) {
                        found.add(new ErrorEntry(
                                text(fields.get("code")), text(fields.get("message")), text(fields.get("detail"))));
                    }
                }
            }
        } catch (IOException | JacksonException e) {
            // An error page that is not JSON: the status must suffice.
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
