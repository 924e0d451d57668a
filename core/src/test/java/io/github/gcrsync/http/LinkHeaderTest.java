package io.github.gcrsync.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
                "</a>|/a",
                "</a>, </b>; rel=prev|/a",
                "</a>; rel='next'|/a",
                "</a>; rel='prev next'|/a",
                "/a; rel=\"next\"|/a",
                "https://host/v2/_catalog?n=1000&last=b; rel=next|https://host/v2/_catalog?n=1000&last=b",
                "/a; rel=prev, /b; rel=next|/b",
                "/a?last=b|/a?last=b",
                "what?, </a>; rel=next|/a",
                "</a>; rel=\"prev\"|",
                "</a>; rel=\"nextish\"|",
                "``|",
                ", ,|",
                "<<</a>; rel=next|<</a"
            })
    void findsTargetOfNext(String header, String expected) {
        assertThat(LinkHeader.next(List.of(header))).isEqualTo(Optional.ofNullable(expected));
    }

    @Test
    void findsNextInAnyOfTheHeaders() {
        assertThat(LinkHeader.next(List.of("</a>; rel=prev", "</b>", "</c>; rel=next")))
                .contains("/c");
        assertThat(LinkHeader.next(List.of())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"</a; rel=\"next\"", ">;<", "next page: /a", "</a>; rel=prev, </b"})
    void refusesMalformedLinks(String header) {
        assertThatThrownBy(() -> LinkHeader.next(List.of(header))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void parsesOrRefusesRandomText() {
        Random random = new Random(3);
        List<String> pieces = List.of("<", ">", ";", ",", "\"", "=", "rel", "next", " ", "/a", "\\", "\0");
        for (int i = 0; i < 100_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int length = random.nextInt(16); length > 0; length--) {
                text.append(pieces.get(random.nextInt(pieces.size())));
            }
            try {
                LinkHeader.next(List.of(text.toString())).ifPresent(target -> {
                    if (!text.toString().contains(target)) {
                        throw new AssertionError(text + " has no " + target);
                    }
                });
            } catch (IllegalArgumentException e) {
                // Refused.
            }
        }
        assertThat(LinkHeader.next(List.of("<>,".repeat(1 << 18)))).contains("");
        assertThatThrownBy(() -> LinkHeader.next(List.of("<\"".repeat(1 << 18))))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
