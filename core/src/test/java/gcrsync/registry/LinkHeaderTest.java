package gcrsync.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class LinkHeaderTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "</v2/a/tags/list?n=1&last=b>; rel=\"next\"|/v2/a/tags/list?n=1&last=b",
                "</a>;rel=next|/a",
                "< /a > ; REL = \"Next\"|/a",
                "</a>; title=\"x; rel=prev, <b>\"; rel=\"next\"|/a",
                "</a>; rel=\"prev\", </b>; rel=\"next\"|/b",
                "</a>; rel=\"prev next\"|/a",
                "<https://other/x>; rel=\"next\"; rel=\"prev\"|https://other/x",
                "</a,b>; rel=\"next\"|/a,b",
                "</a>; title=\"a\\\", b\"; rel=\"next\"|/a",
                "</a>|",
                "</a>; rel=\"prev\"|",
                "</a>; rel=\"nextish\"|",
                "</a; rel=\"next\"|",
                "/a; rel=\"next\"|",
                "``|",
                ">;<|",
                "<<</a>; rel=next|<</a"
            })
    void theTargetOfNext(String header, String expected) {
        assertThat(LinkHeader.next(header)).isEqualTo(Optional.ofNullable(expected));
    }

    @Test
    void randomTextIsNeverAnErrorAndAlwaysEnds() {
        Random random = new Random(3);
        List<String> pieces = List.of("<", ">", ";", ",", "\"", "=", "rel", "next", " ", "/a", "\\", "\0");
        for (int i = 0; i < 100_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int length = random.nextInt(16); length > 0; length--) {
                text.append(pieces.get(random.nextInt(pieces.size())));
            }
            LinkHeader.next(text.toString()).ifPresent(target -> {
                if (!text.toString().contains(target)) {
                    throw new AssertionError(text + " has no " + target);
                }
            });
        }
        assertThat(LinkHeader.next("<>,".repeat(1 << 18))).isEmpty();
        assertThat(LinkHeader.next("<\"".repeat(1 << 18))).isEmpty();
    }
}
