package io.github.gcrsync.cli.flags;

import io.github.gcrsync.rule.Shard;
import io.github.gcrsync.text.Printable;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The flag that limits a run to a part of its mirrors. */
public final class ShardFlags {
    @Option(
            names = "--shard",
            paramLabel = "I/N|auto",
            description =
                    "Only the repositories of the I-th of N runs that share the work; auto: from JOB_COMPLETION_INDEX, which counts from 0, and GCRSYNC_SHARDS, or from CI_NODE_INDEX and CI_NODE_TOTAL.")
    public Shard shard = Shard.WHOLE;

    /** @throws IllegalArgumentException if the value, or a variable that it needs, is not valid */
    static Shard parse(String text, Map<String, String> environment) {
        return text.equals("auto") ? auto(environment) : Shard.parse(text);
    }

    private static Shard auto(Map<String, String> environment) {
        return shard(environment, "JOB_COMPLETION_INDEX", 0, "GCRSYNC_SHARDS")
                .or(() -> shard(environment, "CI_NODE_INDEX", 1, "CI_NODE_TOTAL"))
                .orElseThrow(() -> new IllegalArgumentException(
                        "auto needs JOB_COMPLETION_INDEX and GCRSYNC_SHARDS, or CI_NODE_INDEX and CI_NODE_TOTAL,"
                                + " and neither pair of variables is set; set one, or write I/N"));
    }

    /** Returns empty if one of the variables is not set. */
    private static Optional<Shard> shard(Map<String, String> environment, String index, int first, String count) {
        Optional<Integer> number = number(environment, index);
        Optional<Integer> all = number(environment, count);
        if (number.isEmpty() || all.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Shard(number.get() - first + 1, all.get()));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    e.getMessage() + " (" + index + " is " + number.get() + ", " + count + " is " + all.get() + ")", e);
        }
    }

    private static Optional<Integer> number(Map<String, String> environment, String variable) {
        String value = environment.getOrDefault(variable, "");
        if (value.isEmpty()) {
            return Optional.empty();
        }
        if (!value.matches("\\d{1,9}")) {
            throw new IllegalArgumentException(
                    variable + " is '" + Printable.shortened(value) + "', not a number; correct it, or write I/N");
        }
        return Optional.of(Integer.valueOf(value));
    }
}
