package io.github.gcrsync.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ShardTest {
    private static final List<String> REPOSITORIES = IntStream.range(0, 10_000)
            .mapToObj(i -> "registry.example.com/team-" + i % 7 + "/app-" + i)
            .toList();

    /** Shards of different versions must agree, or they leave a repository to each other. */
    @ParameterizedTest
    @CsvSource({
        "gcr.io/google-containers/pause, 2, 2, 10",
        "docker.io/library/nginx, 2, 2, 8",
        "quay.io/prometheus/node-exporter, 2, 3, 3",
        "registry.example.com:5000/team/app, 1, 1, 7"
    })
    void keepsAssignmentsOfAllVersions(String repository, int ofTwo, int ofThree, int ofTen) {
        assertThat(List.of(number(repository, 2), number(repository, 3), number(repository, 10)))
                .containsExactly(ofTwo, ofThree, ofTen);
    }

    private static int number(String repository, int count) {
        return new Shard(1, count).of(repository).number();
    }

    @Test
    void putsEachRepositoryIntoOneShard() {
        for (String repository : REPOSITORIES.subList(0, 500)) {
            assertThat(IntStream.rangeClosed(1, 5).filter(i -> new Shard(i, 5).includes(repository)))
                    .hasSize(1);
            assertThat(Shard.WHOLE.includes(repository)).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 9})
    void movesOnlyToTheNewShard(int count) {
        List<String> moved = REPOSITORIES.stream()
                .filter(repository -> number(repository, count) != number(repository, count + 1))
                .toList();

        assertThat(moved).allMatch(repository -> number(repository, count + 1) == count + 1);
        double expected = REPOSITORIES.size() / (count + 1.0);
        assertThat((double) moved.size()).isBetween(0.93 * expected, 1.07 * expected);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 8})
    void makesShardsOfEqualSize(int count) {
        Map<Integer, Long> sizes = REPOSITORIES.stream()
                .collect(Collectors.groupingBy(repository -> number(repository, count), Collectors.counting()));

        double expected = REPOSITORIES.size() / (double) count;
        assertThat(sizes).hasSize(count);
        assertThat(sizes.values())
                .allSatisfy(size -> assertThat((double) size).isBetween(0.93 * expected, 1.07 * expected));
    }

    @Test
    void keepsNamesTogetherThatOneRepositoryMayReceive() {
        for (int i = 0; i < 50; i++) {
            assertThat(number("gcr.io/ns/a/b" + i, 7)).isEqualTo(number("gcr.io/ns/a_b" + i, 7));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "0/3 | there is no shard 0 of 3; count from 1/3 to 3/3",
                "4/3 | there is no shard 4 of 3; count from 1/3 to 3/3",
                "1/0 | there are 1 to 1000 shards, not 0",
                "1/100000 | there are 1 to 1000 shards, not 100000",
                "a/b | 'a/b' is not I/N; write the number of this shard and how many there are, such as 2/3",
                "-1/3 | is not I/N",
                "2 | is not I/N",
                "1/3/5 | is not I/N",
                "1/99999999999 | is not I/N"
            })
    void refusesOtherText(String text, String words) {
        assertThatThrownBy(() -> Shard.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(words);
    }

    @Test
    void readsNumbers() {
        assertThat(Shard.parse("2/3")).isEqualTo(new Shard(2, 3)).hasToString("2/3");
        assertThat(Shard.parse("1000/1000").words()).isEqualTo("shard 1000 of 1000");
    }
}
