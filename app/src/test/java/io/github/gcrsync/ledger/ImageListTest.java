package io.github.gcrsync.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageListTest {
    @Test
    void writesBytesOfOriginal() {
        assertThat(new String(ImageList.json(List.of("b:1", "a_b:1", "a:1", "a-b:1", "a:1")), StandardCharsets.UTF_8))
                .isEqualTo("""
                        [
                            "a-b:1",
                            "a:1",
                            "a_b:1",
                            "b:1"
                        ]""");
        assertThat(ImageList.json(List.of())).asString().isEqualTo("[]");
    }

    @Test
    void parsesWhatItWrites() throws Exception {
        Random random = new Random(1);
        for (int size : new int[] {0, 1, 2, 4095, 4096, 4097, 10_000}) {
            TreeSet<String> entries = new TreeSet<>();
            while (entries.size() < size) {
                entries.add("name" + random.nextInt(50) + ":" + random.nextInt());
            }
            byte[] json = ImageList.json(entries);
            assertThat(texts(parse(json))).containsExactlyElementsOf(entries);
            assertThat(ImageList.content(parse(json)).bytes()).isEqualTo(json);
        }
    }

    @Test
    void keepsOddEntries() throws Exception {
        List<String> odd = List.of("a\"b", "back\\slash", "new\nline", "<&>", "über:1", "\u0001");
        byte[] json = ImageList.json(odd);
        assertThat(json).asString().contains("\\u003c\\u0026\\u003e", "a\\\"b", "\\u0001");
        assertThat(texts(parse(json))).containsExactlyInAnyOrderElementsOf(odd);
    }

    @Test
    void acceptsManuallyEditedList() throws Exception {
        KeyTable list = parse("  [ \"b:1\",\"a:1\" , \"b:1\"]\n\n");
        assertThat(texts(list)).containsExactly("a:1", "b:1");
        assertThat(parse("null").size()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "[\"a:1\"", "[1]", "[[\"a\"]]", "[\"a:1\"] x", "[\"a:1\",]", "[\"a:1\"", "\"a\""})
    void refusesInvalidJson(String text) {
        assertThatThrownBy(() -> parse(text))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("not a JSON array of texts");
    }

    @Test
    void reportsConflictMarker() {
        String text = "[\n    \"a:1\",\n<<<<<<< HEAD\n    \"b:1\"\n=======\n    \"c:1\"\n>>>>>>> theirs\n]";
        assertThatThrownBy(() -> parse(text)).hasMessageContaining("line 3 is a merge conflict marker");
    }

    static List<String> texts(KeyTable table) {
        return IntStream.range(0, table.size()).mapToObj(table::text).toList();
    }

    private static KeyTable parse(String text) throws Exception {
        return parse(text.getBytes(StandardCharsets.UTF_8));
    }

    private static KeyTable parse(byte[] json) throws Exception {
        return ImageList.parse(FileContent.of(json));
    }
}
