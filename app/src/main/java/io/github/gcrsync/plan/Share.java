package io.github.gcrsync.plan;

import io.github.gcrsync.rule.Shard;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The part that a run has in a mirror.
 *
 * @param others number of repositories that the rule allows and that belong to other shards
 */
public record Share(Shard shard, int others) {
    public String words() {
        return shard.words() + "; " + (others == 1 ? "1 repository is" : others + " repositories are")
                + " left to the other shards";
    }

    /** Returns the fields for JSON. */
    public Map<String, Object> fields() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("number", shard.number());
        fields.put("count", shard.count());
        fields.put("otherRepositories", others);
        return fields;
    }
}
