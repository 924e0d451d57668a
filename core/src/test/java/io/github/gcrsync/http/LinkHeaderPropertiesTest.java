package io.github.gcrsync.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Parses links in every form that RFC 8288 allows. */
final class LinkHeaderPropertiesTest {
    record Link(String target, String relation, String title) {
        boolean isNext() {
            return List.of(relation.split(" ")).contains("next");
        }
    }

    @Property(tries = 3000)
    void findsFirstNextAmongOtherLinks(@ForAll("links") List<Link> links, @ForAll int style) {
        List<String> texts = new ArrayList<>();
        links.forEach(link -> texts.add(written(link, style)));

        assertThat(LinkHeader.next(List.of(String.join((style & 1) == 0 ? ", " : " ,,", texts))))
                .isEqualTo(links.stream().filter(Link::isNext).findFirst().map(Link::target));
    }

    @Property(tries = 5000)
    void parsesOrRefusesAnyTextWithoutInvention(@ForAll("likeLinks") String text) {
        Optional<String> target;
        try {
            target = LinkHeader.next(List.of(text));
        } catch (IllegalArgumentException e) {
            return;
        }

        assertThat(target.filter(t -> !text.contains(t))).isEmpty();
    }

    @Provide
    Arbitrary<List<Link>> links() {
        Arbitrary<String> targets = Arbitraries.oneOf(
                Arbitraries.of("/v2/a/tags/list?n=1&last=b", "?last=x", "https://other/x,y;z", "", "a\"b"),
                Arbitraries.strings()
                        .withCharRange('!', '~')
                        .excludeChars('<', '>')
                        .ofMaxLength(20));
        Arbitrary<String> relations = Arbitraries.of("next", "prev", "prev next", "next last", "nextish", "x");
        Arbitrary<String> titles = Arbitraries.oneOf(
                Arbitraries.of("", "a, b", "; rel=next", "\", <c>; rel=\"next", "\\", "\\\""),
                Arbitraries.strings().withCharRange(' ', '~').ofMaxLength(20));
        return Combinators.combine(targets, relations, titles)
                .as(Link::new)
                .list()
                .ofMaxSize(4);
    }

    @Provide
    Arbitrary<String> likeLinks() {
        Arbitrary<String> pieces =
                Arbitraries.of("<", ">", ";", ",", "\"", "=", "rel", "next", " ", "/a", "\\", "\u0000", "İ");
        return Arbitraries.oneOf(
                Arbitraries.strings(), pieces.list().ofMaxSize(30).map(parts -> String.join("", parts)));
    }

    /** Bits of the style select spaces, the order of parameters, and quotes around the relation. */
    private static String written(Link link, int style) {
        String relation =
                (style & 2) != 0 && !link.relation().contains(" ") ? link.relation() : "\"" + link.relation() + "\"";
        String rel = ((style & 4) == 0 ? "rel=" : "REL = ") + relation;
        String title = "title=\"" + link.title().replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
        String between = (style & 8) == 0 ? ";" : " ; ";
        return "<" + link.target() + ">" + between
                + ((style & 16) == 0 ? rel + between + title : title + between + rel);
    }
}
