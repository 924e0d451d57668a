package io.github.gcrsync.rule;

import io.github.gcrsync.oci.Digest;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * One of several parts of a mirror that are copied by different runs, perhaps on different machines. Each repository
 * belongs to exactly one, the one with the highest hash of its number and the repository. So if a shard is added, only
 * the repositories that it takes over change their shard.
 *
 * @param number counts from 1
 */
public record Shard(int number, int count) {
    public static final Shard WHOLE = new Shard(1, 1);

    private static final int MOST = 1000;
    private static final Pattern TEXT = Pattern.compile("(\\d{1,9})/(\\d{1,9})");

    /** @throws IllegalArgumentException if there is no such shard */
    public Shard {
        if (count < 1 || count > MOST) {
            throw new IllegalArgumentException("there are 1 to " + MOST + " shards, not " + count);
        }
        if (number < 1 || number > count) {
            throw new IllegalArgumentException("there is no shard " + number + " of " + count + "; count from 1/"
                    + count + " to " + count + "/" + count);
        }
    }

    /** @throws IllegalArgumentException if the text is not {@code I/N} */
    public static Shard parse(String text) {
        Matcher numbers = TEXT.matcher(text);
        if (!numbers.matches()) {
            throw new IllegalArgumentException("'" + text
                    + "' is not I/N; write the number of this shard and how many there are, such as 2/3, or auto");
        }
        return new Shard(Integer.parseInt(numbers.group(1)), Integer.parseInt(numbers.group(2)));
    }

    public boolean isWhole() {
        return count == 1;
    }

    /** @param repository {@code HOST/NAME} at the source */
    public boolean includes(String repository) {
        String own = hash(number, repository);
        return IntStream.rangeClosed(1, count)
                .allMatch(other -> other == number || hash(other, repository).compareTo(own) < 0);
    }

    /** Returns the shard of as many that includes the repository. */
    public Shard of(String repository) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(each -> new Shard(each, count))
                .filter(each -> each.includes(repository))
                .findFirst()
                .orElseThrow();
    }

    /** The same in all versions, or shards of different versions would leave repositories to each other. */
    private static String hash(int number, String repository) {
        // A destination that has no levels writes a/b as a_b. A name that both want must be noticed by one run.
        String text = number + "\0" + repository.replace('/', '_');
        return Digest.sha256(text.getBytes(StandardCharsets.UTF_8)).hex();
    }

    /** Returns {@code shard 2 of 3}. */
    public String words() {
        return "shard " + number + " of " + count;
    }

    @Override
    public String toString() {
        return number + "/" + count;
    }
}
