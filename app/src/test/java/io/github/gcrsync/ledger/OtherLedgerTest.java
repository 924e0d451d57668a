package io.github.gcrsync.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.oci.RepositoryName;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OtherLedgerTest {
    private static final String README = "### 2020-01-01 00:00:00 Update(num: 1):\n\n- [gcr.io/some/folder/old:1](x)\n";
    private static final String TIMES = " 2026-01-02T03:04:05Z 2026-01-02T03:04:05Z";

    private static OtherLedger open(String digests) throws Exception {
        return OtherLedger.open(
                new NamespaceFiles("some/folder"),
                "some/folder/ImageDigests",
                FileContent.of(digests.getBytes(StandardCharsets.UTF_8)),
                FileContent.of(README.getBytes(StandardCharsets.UTF_8)));
    }

    private static String format2(String source, String... rows) {
        return "# gcrsync ImageDigests 2\n# destination here\n# source " + source + "\n" + String.join("\n", rows);
    }

    private static List<String> rows(String digests) throws Exception {
        List<String> rows = new ArrayList<>();
        boolean isRead = open(digests)
                .rows(
                        name -> !name.value().equals("unwanted"),
                        (name, reference, digest, attributes) ->
                                rows.add((name + " " + reference + " " + digest + " " + attributes).strip()));
        if (!isRead) {
            rows.add("unreadable");
        }
        return rows;
    }

    @Test
    void takesSourceOfFormat1FromFolderAndChangelog() throws Exception {
        OtherLedger other = open("# gcrsync ImageDigests 1\n# destination here\n");

        assertThat(other.registry()).contains("gcr.io");
        assertThat(other.namespace()).contains(new RepositoryName("some/folder"));
    }

    @Test
    void takesSourceOfFormat2FromHeader() throws Exception {
        OtherLedger other = open(format2("quay.io:443/a/b"));

        assertThat(other.folder()).isEqualTo("some/folder");
        assertThat(other.registry()).contains("quay.io:443");
        assertThat(other.namespace()).contains(new RepositoryName("a/b"));
        assertThat(open(format2("quay.io")).namespace()).isEmpty();
    }

    @Test
    void refusesDamagedHeaders() throws Exception {
        for (String header : List.of("", "# gcrsync ImageDigests 3\n", format2(""), format2("quay.io/../x"))) {
            assertThat(open(header).destination()).as(header).isEmpty();
        }
    }

    @Test
    void readsImagesOfWantedRepositories() throws Exception {
        String digest = Sample.digest("a").value();
        assertThat(rows(format2(
                        "quay.io/a",
                        "a:1 " + digest + TIMES,
                        "a:2 " + digest + TIMES + " by=copied rule=1",
                        "a@" + digest + " " + digest + TIMES,
                        "b@" + digest + " " + digest + TIMES + " by=copied",
                        "unwanted:1 nonsense",
                        "z:1 " + digest + TIMES + "\n")))
                .containsExactly(
                        "a 1 " + digest,
                        "a 2 " + digest + " by=copied rule=1",
                        "a " + digest + " " + digest,
                        "b " + digest + " " + digest + " by=copied",
                        "z 1 " + digest);
    }

    @Test
    void stopsAtDamagedRow() throws Exception {
        String good = "a:1 " + Sample.digest("a") + TIMES;
        for (String damaged : List.of("b", "b\n", "b:", "b:1", "B:1 x", "b:1 sha256:0 x", ":1 x")) {
            assertThat(rows(format2("quay.io", good, damaged)))
                    .as(damaged)
                    .hasSize(2)
                    .endsWith("unreadable");
        }
    }
}
