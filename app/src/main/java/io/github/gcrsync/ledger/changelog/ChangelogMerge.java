package io.github.gcrsync.ledger.changelog;

import io.github.gcrsync.ledger.changelog.Changelog.Block;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Merges two changelogs with a common ancestor, block by block. It skips the common end, so the usual case, new entries
 * in front of a long history, is cheap.
 */
public final class ChangelogMerge {
    private final Map<String, Block> base;
    private final Map<String, Block> ours;
    private final Map<String, Block> theirs;
    private final List<Block> tail;

    private ChangelogMerge(List<Block> base, List<Block> ours, List<Block> theirs) {
        int same = sameEnd(ours, theirs);
        this.tail = ours.subList(ours.size() - same, ours.size());
        this.ours = keyed(ours.subList(0, ours.size() - same));
        this.theirs = keyed(theirs.subList(0, theirs.size() - same));
        this.base = keyed(base.subList(0, base.size() - sameEnd(base, tail)));
    }

    public static String merge(String base, String ours, String theirs) {
        return new ChangelogMerge(Changelog.blocks(base), Changelog.blocks(ours), Changelog.blocks(theirs)).merged();
    }

    /** Newest entry first; blocks without a time stay in front of the block that followed them. */
    private String merged() {
        List<String> left = new ArrayList<>(ours.keySet());
        List<String> right = new ArrayList<>(theirs.keySet());
        Map<String, Block> merged = new LinkedHashMap<>();
        while (!left.isEmpty() || !right.isEmpty()) {
            String key = takesLeft(left, right) ? left.removeFirst() : right.removeFirst();
            left.remove(key);
            right.remove(key);
            Block block = block(base.get(key), ours.get(key), theirs.get(key));
            if (block != null) {
                merged.put(key, block);
            }
        }
        return Changelog.text(merged.values()) + Changelog.text(tail);
    }

    private boolean takesLeft(List<String> left, List<String> right) {
        if (left.isEmpty() || right.isEmpty()) {
            return right.isEmpty();
        }
        String a = left.getFirst();
        String b = right.getFirst();
        boolean aHasTime = isEntry(ours, a);
        boolean bHasTime = isEntry(theirs, b);
        return !aHasTime || (bHasTime && a.compareTo(b) >= 0);
    }

    private static boolean isEntry(Map<String, Block> blocks, String key) {
        Block block = blocks.get(key);
        return block != null && block.isEntry();
    }

    private static @Nullable Block block(@Nullable Block base, @Nullable Block ours, @Nullable Block theirs) {
        if (ours == null || theirs == null) {
            Block only = ours == null ? theirs : ours;
            // one side deleted by hand what the other did not change
            return only != null && only.equals(base) ? null : only;
        }
        if (ours.equals(base)) {
            return theirs;
        }
        if (theirs.equals(base) || theirs.equals(ours)) {
            return ours;
        }
        return ours.isEntry() ? Changelog.union(ours, theirs.images()) : new Block(ours.text() + theirs.text());
    }

    /** Returns the number of equal blocks at the end of both lists. */
    private static int sameEnd(List<Block> a, List<Block> b) {
        int same = 0;
        int most = Math.min(a.size(), b.size());
        while (same < most && a.get(a.size() - 1 - same).equals(b.get(b.size() - 1 - same))) {
            same++;
        }
        return same;
    }

    /** A repeated heading gets its position, counted from the end, as part of its key. */
    private static Map<String, Block> keyed(List<Block> blocks) {
        Map<String, Integer> seen = new HashMap<>();
        LinkedHashMap<String, Block> fromEnd = new LinkedHashMap<>();
        for (Block block : blocks.reversed()) {
            int count = seen.merge(block.key(), 1, Integer::sum);
            fromEnd.put(count == 1 ? block.key() : block.key() + " #" + count, block);
        }
        return new LinkedHashMap<>(fromEnd.reversed());
    }
}
