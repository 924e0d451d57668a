package io.github.gcrsync.cli.flags;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gcrsync.rule.Shard;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ShardFlagsTest {
    private static Shard auto(String... variables) {
        Map<String, String> environment = new HashMap<>();
        for (int i = 0; i < variables.length; i += 2) {
            environment.put(variables[i], variables[i + 1]);
        }
        return ShardFlags.parse("auto", environment);
    }

    @Test
    void readsVariablesOfKubernetesAndGitLab() {
        assertThat(auto("JOB_COMPLETION_INDEX", "0", "GCRSYNC_SHARDS", "3")).isEqualTo(new Shard(1, 3));
        assertThat(auto("JOB_COMPLETION_INDEX", "2", "GCRSYNC_SHARDS", "3")).isEqualTo(new Shard(3, 3));
        assertThat(auto("CI_NODE_INDEX", "3", "CI_NODE_TOTAL", "4")).isEqualTo(new Shard(3, 4));
        assertThat(auto("JOB_COMPLETION_INDEX", "1", "CI_NODE_INDEX", "3", "CI_NODE_TOTAL", "4"))
                .isEqualTo(new Shard(3, 4));
    }

    @Test
    void refusesWithoutPairOfVariables() {
        String words = "neither pair of variables is set; set one, or write I/N";
        assertThatThrownBy(() -> auto()).hasMessageContaining(words);
        assertThatThrownBy(() -> auto("JOB_COMPLETION_INDEX", "0")).hasMessageContaining(words);
        assertThatThrownBy(() -> auto("CI_NODE_INDEX", "", "CI_NODE_TOTAL", "3"))
                .hasMessageContaining(words);
        assertThatThrownBy(() -> auto("JOB_COMPLETION_INDEX", "0", "CI_NODE_TOTAL", "3"))
                .hasMessageContaining(words);
    }

    @Test
    void namesVariableThatIsWrong() {
        assertThatThrownBy(() -> auto("JOB_COMPLETION_INDEX", "3", "GCRSYNC_SHARDS", "3"))
                .hasMessageContaining("there is no shard 4 of 3")
                .hasMessageContaining("JOB_COMPLETION_INDEX is 3, GCRSYNC_SHARDS is 3");
        assertThatThrownBy(() -> auto("CI_NODE_INDEX", "0", "CI_NODE_TOTAL", "3"))
                .hasMessageContaining("there is no shard 0 of 3");
        assertThatThrownBy(() -> auto("CI_NODE_INDEX", "one", "CI_NODE_TOTAL", "3"))
                .hasMessageContaining("CI_NODE_INDEX is 'one', not a number");
    }
}
