package io.github.gcrsync.server.http;

import io.github.gcrsync.check.ImageContents;
import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.output.Advice;
import io.github.gcrsync.output.Html;
import io.github.gcrsync.server.Catalog;
import io.github.gcrsync.server.CatalogImage;
import io.github.gcrsync.text.Sizes;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The pages that search what is mirrored, and show one image. */
final class CatalogPages {
    private static final Logger LOG = LoggerFactory.getLogger(CatalogPages.class);
    private static final String PATH = "/catalog";
    private static final int IMAGES_OF_PAGE = 100;
    /** Destinations asked at a time: a page must not become a way to flood them. */
    private static final int MOST_QUESTIONS = 4;

    private final Catalog catalog;
    private final Semaphore questions = new Semaphore(MOST_QUESTIONS);

    CatalogPages(Catalog catalog) {
        this.catalog = catalog;
    }

    /** Returns the page of the images that match, or of one image; empty if that is not mirrored. */
    Optional<String> answer(Call call) {
        String mirror = call.parameter("mirror");
        String image = call.parameter("image");
        return image.isEmpty()
                ? Optional.of(search(mirror, call.parameter("q")))
                : catalog.find(mirror, image).map(this::details);
    }

    private String search(String mirror, String words) {
        Page page = new Page("Catalog", PATH);
        Html html = page.html();
        page.search(PATH, "Search images, tags, digests", words, Map.of("mirror", mirror));
        catalog.problems()
                .forEach((name, reason) -> html.raw("<div class=\"failure\">")
                        .element("div", "what", "The images of " + name + " cannot be read.")
                        .element("p", "", reason)
                        .raw("</div>\n"));
        int unread = catalog.unread();
        if (unread > 0) {
            html.element("p", "soft", Sizes.count(unread, "mirror") + " not read yet; reload the page in a moment")
                    .raw("\n");
        }
        Catalog.Found found = catalog.search(mirror, words, IMAGES_OF_PAGE);
        html.element(
                        "p",
                        "soft",
                        found.count() > found.images().size()
                                ? "the first " + found.images().size() + " of " + found.count() + " images"
                                : Sizes.count(found.count(), "image"))
                .raw("\n");
        for (CatalogImage image : found.images()) {
            html.raw("<article class=\"card image\"><h2><a href=\"" + PATH + "?mirror=")
                    .text(URLEncoder.encode(image.mirror(), StandardCharsets.UTF_8))
                    .raw("&amp;image=")
                    .text(URLEncoder.encode(image.address(), StandardCharsets.UTF_8))
                    .raw("\">")
                    .text(image.address())
                    .raw("</a></h2>\n");
            facts(page, image);
            html.raw("</article>\n");
        }
        return page.toString();
    }

    private static void facts(Page page, CatalogImage image) {
        Html html = page.html();
        html.raw("<p class=\"soft\">mirror ");
        page.mirrorLink(image.mirror());
        html.raw(", since ");
        page.time(image.since());
        if (!image.moved().equals(image.since())) {
            html.raw(", moved ");
            page.time(image.moved());
        }
        image.referrers()
                .ifPresent(count -> html.text(
                        ", " + (count == 0 ? "without signatures" : "with " + Sizes.count(count, "referrer"))));
        html.raw("</p>\n<p>").element("code", "", image.digest()).raw("</p>\n");
        html.raw("<p class=\"command\">").element("code", "pull", image.command());
        html.raw(" <button type=\"button\" class=\"copy\" hidden>Copy</button></p>\n");
    }

    private String details(CatalogImage image) {
        Page page = new Page(image.address(), PATH);
        page.html().raw("<div class=\"card image\">");
        facts(page, image);
        page.html().raw("</div>\n");
        if (!questions.tryAcquire()) {
            page.html().element("p", "soft", "Others ask the destination now; reload the page in a moment.");
            return page.toString();
        }
        try {
            contents(page, catalog.contents(image));
        } catch (RuntimeException e) {
            LOG.debug("cannot read {}", image.address(), e);
            page.html()
                    .raw("<div class=\"failure\">")
                    .element("div", "what", "The destination cannot be asked for platforms and signatures.")
                    .element(
                            "p",
                            "",
                            e instanceof ContentException known
                                    ? Advice.withRemedy(known)
                                    : String.valueOf(e.getMessage()))
                    .raw("</div>\n");
        } finally {
            questions.release();
        }
        return page.toString();
    }

    private static void contents(Page page, ImageContents contents) {
        Html html = page.html();
        html.element("h2", "", "Platforms").raw("\n<ul class=\"card images\">\n");
        contents.platforms()
                .forEach(platform -> html.element("li", "", platform).raw("\n"));
        if (contents.platforms().isEmpty()) {
            html.element("li", "soft", "none: an artifact");
        }
        html.raw("</ul>\n").element("h2", "", "Signatures, attestations, SBOMs").raw("\n<ul class=\"card images\">\n");
        contents.referrers()
                .forEach(each -> html.raw("<li>")
                        .text(each.type() + " ")
                        .element("code", "", each.name())
                        .raw("</li>\n"));
        if (contents.referrers().isEmpty()) {
            html.element("li", "soft", "none at the destination");
        }
        html.raw("</ul>\n");
    }
}
