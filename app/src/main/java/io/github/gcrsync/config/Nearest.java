package io.github.gcrsync.config;

import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;

/** Suggests names for a mistyped one. */
public final class Nearest {
    private static final int MIN_PREFIX = 4;
    /** Longer than any name: comparing takes time and memory for each of its characters. */
    private static final int MAX = 100;

    private Nearest() {}

    /**
     * Returns the names that start with the typed text, otherwise those with the fewest typing errors, if these are
     * few; sorted.
     */
    public static List<String> to(String typed, Collection<String> names) {
        if (typed.length() > MAX) {
            return List.of();
        }
        List<String> begun = names.stream()
                .filter(name -> typed.length() >= MIN_PREFIX && name.startsWith(typed))
                .sorted()
                .toList();
        if (!begun.isEmpty()) {
            return begun;
        }
        int fewest =
                names.stream().mapToInt(name -> distance(typed, name)).min().orElse(Integer.MAX_VALUE);
        return fewest > Math.max(1, typed.length() / 4)
                ? List.of()
                : names.stream()
                        .filter(name -> distance(typed, name) == fewest)
                        .sorted()
                        .toList();
    }

    /** Returns the end of a message: {@code ; did you mean NAME?}, or nothing if no name is similar. */
    public static String suggestion(String typed, Collection<String> names) {
        List<String> nearest = to(typed, names);
        return nearest.isEmpty() ? "" : "; did you mean " + String.join(" or ", nearest) + "?";
    }

    /** Counts letters to insert, delete, replace or swap with the next one (optimal string alignment). */
    private static int distance(String a, String b) {
        int[][] slips = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    slips[i][j] = i + j;
                    continue;
                }
                int replaced = slips[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                boolean swapped =
                        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
                slips[i][j] = IntStream.of(
                                replaced,
                                slips[i - 1][j] + 1,
                                slips[i][j - 1] + 1,
                                swapped ? slips[i - 2][j - 2] + 1 : Integer.MAX_VALUE)
                        .min()
                        .orElseThrow();
            }
        }
        return slips[a.length()][b.length()];
    }
}
