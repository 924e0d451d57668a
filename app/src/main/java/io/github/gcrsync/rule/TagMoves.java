package io.github.gcrsync.rule;

import java.util.List;

/**
 * What a mirror does about tags that move at the source.
 *
 * @param fixed tags that never move: once mirrored, they are not looked up again
 * @param areFollowed whether a moved tag is copied again; otherwise it stays as mirrored
 */
public record TagMoves(List<NamePattern> fixed, boolean areFollowed) {
    public static final TagMoves FOLLOWED = new TagMoves(List.of(), true);

    public TagMoves {
        fixed = List.copyOf(fixed);
    }

    public boolean isFixed(String tag) {
        return fixed.stream().anyMatch(pattern -> pattern.matches(tag));
    }
}
