package io.github.gcrsync.cluster.message;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.copy.CopiedReferrers;
import io.github.gcrsync.copy.CopyException;
import io.github.gcrsync.copy.Side;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.text.JsonFields;
import io.github.gcrsync.text.Message;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Failures as JSON: what they say, and what decides about quarantine. */
final class Reasons {
    private Reasons() {}

    static Map<String, @Nullable Object> fields(CopyException failure) {
        ContentException reason = failure.reason();
        JsonFields fields = new JsonFields();
        fields.put("side", failure.side().name());
        fields.put("kind", reason.getClass().getSimpleName());
        Optional<String> remedy = reason.remedy();
        String message = String.valueOf(reason.getMessage());
        fields.put(
                "message",
                remedy.map(words -> message.substring(0, message.length() - words.length() - 2))
                        .orElse(message));
        fields.put("remedy", remedy);
        if (reason instanceof ContentException.Unsupported unsupported) {
            fields.put("ofContent", unsupported.isOfContent());
        }
        if (reason instanceof ContentException.Denied denied) {
            fields.put("refused", denied.areCredentialsRefused());
            fields.put("user", denied.refusedUser());
        }
        if (reason instanceof ContentException.Untrusted untrusted) {
            fields.put("signature", untrusted.kind());
        }
        return fields.map();
    }

    static CopyException of(JsonFields fields) {
        Message message = new Message(fields.text("message"), fields.optional("remedy"));
        String text = message.toString();
        ContentException reason = switch (fields.text("kind")) {
            case "NotFound" -> new ContentException.NotFound(message);
            case "Denied" -> new ContentException.Denied(message, fields.truth("refused"), fields.optional("user"));
            case "RateLimited" -> new ContentException.RateLimited(text, Optional.empty());
            case "Corrupt" -> new ContentException.Corrupt(text);
            case "Incomplete" -> new ContentException.Incomplete(text);
            case "Unsupported" ->
                fields.truth("ofContent")
                        ? new ContentException.Unsupported(text, true)
                        : new ContentException.Unsupported(message);
            case "Untrusted" -> {
                String kind = fields.text("signature");
                yield new ContentException.Untrusted(kind, text.substring(kind.length() + 2));
            }
            case "Conflict" -> new ContentException.Conflict(text);
            case "Held" -> new ContentException.Held(message);
            case "Unwritable" -> new ContentException.Unwritable(text);
            default -> new ContentException.Unreachable(text);
        };
        return new CopyException(Side.valueOf(fields.text("side")), reason);
    }

    static Map<String, @Nullable Object> fields(CopiedReferrers referrers) {
        JsonFields fields = new JsonFields();
        fields.put("count", (long) referrers.count());
        fields.put("signatures", (long) referrers.signatures());
        fields.put("digest", referrers.digest());
        fields.put("listed", referrers.listed());
        fields.put(
                "failures", referrers.failures().stream().map(Reasons::fields).toList());
        return fields.map();
    }

    private static Map<String, @Nullable Object> fields(CopiedReferrers.Failure failure) {
        JsonFields fields = new JsonFields();
        fields.put("referrer", failure.referrer());
        fields.put("subject", failure.subject());
        fields.put("reason", fields(failure.reason()));
        return fields.map();
    }

    static CopiedReferrers referrers(JsonFields fields) {
        return new CopiedReferrers(
                (int) fields.number("count"),
                (int) fields.number("signatures"),
                new Digest(fields.text("digest")),
                fields.texts("listed"),
                fields.list("failures").stream()
                        .map(failure -> new CopiedReferrers.Failure(
                                failure.optional("referrer"),
                                new Digest(failure.text("subject")),
                                of(failure.object("reason"))))
                        .toList());
    }
}
