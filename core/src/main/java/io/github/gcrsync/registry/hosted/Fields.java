package io.github.gcrsync.registry.hosted;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.oci.Digest;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a JSON object from a web API. A missing or null field is empty; one of another type than expected makes
 * the whole answer {@code Corrupt}, because the API is then not the documented one.
 */
public final class Fields {
    private static final Instant YEAR_10000 = Instant.parse("9999-12-31T23:59:59Z");

    private final Map<?, ?> object;

    private Fields(Map<?, ?> object) {
        this.object = object;
    }

    public static Fields of(@Nullable Object json) {
        if (json instanceof Map<?, ?> object) {
            return new Fields(object);
        }
        throw new ContentException.Corrupt("it contains no object where one is documented");
    }

    public static List<Fields> all(@Nullable Object json) {
        if (!(json instanceof List<?> entries)) {
            throw new ContentException.Corrupt("it contains no list where one is documented");
        }
        List<Fields> all = new ArrayList<>(entries.size());
        entries.forEach(entry -> all.add(of(entry)));
        return all;
    }

    /** @throws ContentException.Corrupt if the list is missing */
    public List<Fields> list(String name) {
        return all(object.get(name));
    }

    /** Returns an empty list for null: Go programs encode an empty list as null. */
    public List<Fields> listOrNone(String name) {
        return object.get(name) == null ? List.of() : list(name);
    }

    public List<String> texts(String name) {
        List<String> texts = new ArrayList<>();
        if (object.get(name) == null) {
            return texts;
        }
        if (!(object.get(name) instanceof List<?> entries)) {
            throw wrong(name);
        }
        for (Object entry : entries) {
            if (!(entry instanceof String text)) {
                throw wrong(name);
            }
            texts.add(text);
        }
        return texts;
    }

    public Optional<String> text(String name) {
        return switch (object.get(name)) {
            case null -> Optional.empty();
            case String text -> Optional.of(text);
            default -> throw wrong(name);
        };
    }

    /** @throws ContentException.Corrupt if the text is missing */
    public String required(String name) {
        return text(name).orElseThrow(() -> wrong(name));
    }

    public boolean isTrue(String name) {
        return switch (object.get(name)) {
            case null -> false;
            case Boolean truth -> truth;
            default -> throw wrong(name);
        };
    }

    public Optional<Digest> digest(String name) {
        return text(name)
                .filter(text -> !text.isEmpty())
                .map(text -> Digest.parse(text).orElseThrow(() -> wrong(name)));
    }

    /** Reads a date with an offset; the zero date of Go programs is empty. */
    public Optional<Instant> date(String name, DateTimeFormatter form) {
        return text(name).filter(text -> !text.isEmpty()).flatMap(text -> {
            try {
                return plausible(name, OffsetDateTime.parse(text, form).toInstant());
            } catch (DateTimeException e) {
                throw wrong(name);
            }
        });
    }

    /** Reads seconds since the epoch, possibly with a fraction. */
    public Optional<Instant> epochSeconds(String name) {
        return switch (object.get(name)) {
            case null -> Optional.empty();
            case Long seconds when seconds < 1L << 40 -> plausible(name, Instant.ofEpochSecond(seconds));
            case Double seconds
            when seconds < 1L << 40 -> plausible(name, Instant.ofEpochMilli(Math.round(seconds * 1000)));
            default -> throw wrong(name);
        };
    }

    private static Optional<Instant> plausible(String name, Instant date) {
        if (date.isAfter(YEAR_10000)) {
            throw wrong(name);
        }
        return date.isAfter(Instant.EPOCH) ? Optional.of(date) : Optional.empty();
    }

    private static ContentException wrong(String name) {
        return new ContentException.Corrupt("its field " + name + " is not as documented");
    }
}
