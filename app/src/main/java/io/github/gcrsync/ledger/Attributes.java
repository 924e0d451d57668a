package io.github.gcrsync.ledger;

import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.text.Printable;
import java.time.Instant;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What the ledger knows about the recorded digest of an image: {@code name=value}, sorted by name and separated by one
 * space. A name has lower-case letters, digits and dashes and begins with a letter; a value has visible ASCII characters.
 * Unknown attributes are kept.
 */
public record Attributes(String text) {
    private static final Pattern TIME = Pattern.compile("[0-9]{1,11}");

    public static final Attributes NONE = new Attributes("");

    /** An image without {@code by} counts as adopted. */
    static final Attributes BY_ADOPTED = new Attributes("by=adopted");

    static final Attributes BY_COPIED = new Attributes("by=copied");

    static final String BY = "by";
    static final String COPIED = "copied";

    /** A hash of the settings that change an image's content; an image without it was mirrored with the defaults. */
    static final String RULE = "rule";

    /** The digest of a rewritten index at the destination. */
    static final String AS = "as";

    /** How many referrers of the image are mirrored and which; an image without it was not looked at, or lacks some. */
    public static final String REFS = "refs";

    /** Since when the source lacks the image, in seconds since the epoch. */
    static final String GONE = "gone";

    /** Since when the rule does not select the image, like {@link #GONE}. */
    static final String UNSELECTED = "unselected";

    /** The image may be missing at the destination; the next sync asks for it. */
    static final String CHECK = "check";

    /** @throws IllegalArgumentException if the text is not in this form */
    public Attributes {
        if (!isValid(text)) {
            throw new IllegalArgumentException("not attributes of an image: " + Printable.shortened(text));
        }
    }

    static boolean isValid(String text) {
        if (text.isEmpty()) {
            return true;
        }
        String last = "";
        for (String each : text.split(" ", -1)) {
            int end = Math.max(0, each.indexOf('='));
            String name = each.substring(0, end);
            if (!isName(name) || name.compareTo(last) <= 0 || !isValue(each.substring(end + 1))) {
                return false;
            }
            last = name;
        }
        return true;
    }

    private static boolean isName(String name) {
        return !name.isEmpty()
                && name.charAt(0) >= 'a'
                && name.chars().allMatch(c -> (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-');
    }

    private static boolean isValue(String value) {
        return !value.isEmpty() && value.chars().allMatch(c -> c > ' ' && c < 0x7f);
    }

    public Optional<String> get(String name) {
        for (String each : text.split(" ")) {
            if (each.startsWith(name) && each.startsWith("=", name.length())) {
                return Optional.of(each.substring(name.length() + 1));
            }
        }
        return Optional.empty();
    }

    public Attributes with(String name, String value) {
        return with(new Attributes(name + "=" + value));
    }

    public Attributes without(String name) {
        if (!text.contains(name)) {
            return this; // Most images have none of those that are removed.
        }
        SortedMap<String, String> values = values();
        return values.remove(name) == null ? this : of(values);
    }

    /** Adds all attributes of the other; its values win. Most images have the same few, so they are not created anew. */
    Attributes with(Attributes other) {
        if (other.text.isEmpty() || other.equals(this)) {
            return this;
        }
        if (text.isEmpty()) {
            return other;
        }
        SortedMap<String, String> values = values();
        values.putAll(other.values());
        return of(values);
    }

    /** Returns {@link #RULE}; empty for the defaults. */
    public String rule() {
        return get(RULE).orElse("");
    }

    /** @param rule empty for the defaults */
    public Attributes withRule(String rule) {
        return rule.isEmpty() ? without(RULE) : with(RULE, rule);
    }

    /** Returns {@link #AS}, if the destination has another digest than the source. */
    public Optional<Digest> as() {
        return get(AS).flatMap(Digest::parse);
    }

    /** @param stored the digest at the destination */
    public static Attributes storedAs(Digest stored) {
        return new Attributes(AS + "=" + stored);
    }

    /** Returns {@link #REFS}. */
    public Optional<String> refs() {
        return get(REFS);
    }

    /** Returns {@link #GONE}. */
    public Optional<Instant> gone() {
        return time(GONE);
    }

    /** Returns {@link #UNSELECTED}. */
    public Optional<Instant> unselected() {
        return time(UNSELECTED);
    }

    /** Returns since when the image is gone or unselected. */
    Optional<Instant> since() {
        return gone().or(this::unselected);
    }

    /**
     * Returns the attributes of an image that was sighted in this state. One that is gone or unselected already keeps its
     * time.
     *
     * @param at seconds since the epoch
     */
    Attributes sighted(Sighting.State state, long at) {
        return switch (state) {
            case SELECTED -> without(GONE).without(UNSELECTED);
            case GONE -> gone().isPresent() ? this : with(GONE, Long.toString(at));
            case UNSELECTED -> {
                Attributes present = without(GONE);
                yield present.unselected().isPresent() ? present : present.with(UNSELECTED, Long.toString(at));
            }
        };
    }

    /** Whether the image is already recorded in this state. */
    public boolean areOf(Sighting.State state) {
        return sighted(state, 0).equals(this);
    }

    /** Returns the recorded state; an image that is gone may be unselected too. */
    public Sighting.State state() {
        return gone().isPresent()
                ? Sighting.State.GONE
                : unselected().isPresent() ? Sighting.State.UNSELECTED : Sighting.State.SELECTED;
    }

    private Optional<Instant> time(String name) {
        if (!text.contains(name)) {
            return Optional.empty(); // Most images have neither.
        }
        return get(name)
                .filter(text -> TIME.matcher(text).matches())
                .map(Long::valueOf)
                .map(Instant::ofEpochSecond);
    }

    /** Whether the destination may lack the image, or its referrers. */
    public boolean areToCheck() {
        return text.contains(CHECK) && get(CHECK).isPresent();
    }

    Attributes toCheck() {
        return without(REFS).with(CHECK, "due");
    }

    public boolean isCopied() {
        return get(BY).filter(COPIED::equals).isPresent();
    }

    /** Returns a copy. */
    SortedMap<String, String> values() {
        SortedMap<String, String> values = new TreeMap<>();
        for (String each : text.split(" ")) {
            int end = each.indexOf('=');
            if (end > 0) {
                values.put(each.substring(0, end), each.substring(end + 1));
            }
        }
        return values;
    }

    static Attributes of(SortedMap<String, String> values) {
        return new Attributes(values.entrySet().stream()
                .map(each -> each.getKey() + "=" + each.getValue())
                .collect(Collectors.joining(" ")));
    }

    @Override
    public String toString() {
        return text;
    }
}
