package io.github.gcrsync.rule;

import java.util.Arrays;
import java.util.List;

/**
 * A number with any number of parts of any length; missing parts compare as zero.
 *
 * @param parts digits without leading zeros; zero is empty
 */
public record VersionNumber(List<String> parts) implements Comparable<VersionNumber> {
    /** @param text digits separated by dots */
    static VersionNumber parse(String text) {
        return new VersionNumber(Arrays.stream(text.split("\\."))
                .map(part -> part.replaceFirst("^0+", ""))
                .toList());
    }

    public int size() {
        return parts.size();
    }

    /** Returns the first parts only. */
    VersionNumber first(int most) {
        return parts.size() <= most ? this : new VersionNumber(parts.subList(0, most));
    }

    private String part(int index) {
        return index < parts.size() ? parts.get(index) : "";
    }

    boolean isZero(int index) {
        return part(index).isEmpty();
    }

    @Override
    public int compareTo(VersionNumber other) {
        int order = 0;
        for (int i = 0; order == 0 && i < Math.max(size(), other.size()); i++) {
            order = Integer.compare(part(i).length(), other.part(i).length());
            order = order == 0 ? part(i).compareTo(other.part(i)) : order;
        }
        return order;
    }

    @Override
    public String toString() {
        return String.join(
                ".", parts.stream().map(part -> part.isEmpty() ? "0" : part).toList());
    }
}
