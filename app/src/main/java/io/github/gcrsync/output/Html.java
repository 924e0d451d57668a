package io.github.gcrsync.output;

import io.github.gcrsync.text.Printable;

/** Builds HTML; everything except markup is escaped. */
public final class Html {
    private final StringBuilder page = new StringBuilder();

    /** Appends our own markup unescaped. */
    public Html raw(String markup) {
        page.append(markup);
        return this;
    }

    /** Appends untrusted text, escaped for element content and quoted attributes. */
    public Html text(String text) {
        String safe = Printable.of(text);
        for (int i = 0; i < safe.length(); i++) {
            char c = safe.charAt(i);
            switch (c) {
                case '&' -> page.append("&amp;");
                case '<' -> page.append("&lt;");
                case '>' -> page.append("&gt;");
                case '"' -> page.append("&quot;");
                case '\'' -> page.append("&#39;");
                default -> page.append(c);
            }
        }
        return this;
    }

    /** Appends an element with a class and text. */
    public Html element(String name, String cssClass, String text) {
        raw("<" + name + (cssClass.isEmpty() ? "" : " class=\"" + cssClass + "\"") + ">");
        return text(text).raw("</" + name + ">");
    }

    @Override
    public String toString() {
        return page.toString();
    }
}
