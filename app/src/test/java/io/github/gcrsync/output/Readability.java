package io.github.gcrsync.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Objects;

/** Checks that a page fits its screen and can be read. */
public final class Readability {
    private Readability() {}

    public static void check(Browser browser, int width, String scheme) throws IOException {
        // A phone lays a page out again once its style sheet has arrived.
        browser.run("return new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))");
        assertThat(browser.run("return document.documentElement.scrollWidth"))
                .as("%s", browser.run("return location.href"))
                .isEqualTo((long) width);
        assertThat(strings(browser, """
                const right = document.documentElement.clientWidth;
                return [...document.querySelectorAll('main *')]
                    .filter(e => e.getBoundingClientRect().right > right + 1).map(e => e.outerHTML);
                """)).isEmpty();
        assertThat(strings(browser, """
                return [...document.querySelectorAll('main *')].filter(e => e.innerText && parseFloat(getComputedStyle(e).fontSize) < 12)
                    .map(e => e.outerHTML);
                """)).isEmpty();
        // The contrast that WCAG 2.1 (1.4.3) requires of text, each against the nearest background below it.
        assertThat(strings(browser, """
                const numbers = colour => colour.match(/[\\d.]+/g).map(Number);
                const light = colour => {
                  const [r, g, b] = numbers(colour).map(c => c / 255).map(c => c <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4);
                  return .2126 * r + .7152 * g + .0722 * b;
                };
                const behind = e => {
                  const colour = getComputedStyle(e).backgroundColor;
                  return numbers(colour)[3] === 0 ? behind(e.parentElement) : colour;
                };
                const contrast = e => {
                  const [a, b] = [light(getComputedStyle(e).color), light(behind(e))];
                  return (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
                };
                return [...document.querySelectorAll('main *')]
                    .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) && !e.closest('svg'))
                    .filter(e => contrast(e) < 4.5).map(e => e.outerHTML);
                """)).isEmpty();
        assertThat(browser.run("return getComputedStyle(document.body).backgroundColor"))
                .isEqualTo(scheme.equals("light") ? "rgb(246, 247, 249)" : "rgb(20, 23, 28)");
    }

    private static List<?> strings(Browser browser, String script) throws IOException {
        return (List<?>) Objects.requireNonNull(browser.run(script));
    }
}
