package io.github.gcrsync.output;

import io.github.gcrsync.text.Printable;

/** HTML as it grows; what is not markup is escaped on its way in. */
final class Html {
    private final StringBuilder page = new StringBuilder();

    /** Our own markup, taken as it is. */
    Html raw(String markup) {
        page.append(markup);
        return this;
    }

    /** Text from anywhere, fit for an element's content and for a quoted attribute. */
    Html text(String text) {
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

    /** An element of a class, with text in it. */
    Html element(String name, String cssClass, String text) {
        raw("<" + name + (cssClass.isEmpty() ? "" : " class=\"" + cssClass + "\"") + ">");
        return text(text).raw("</" + name + ">");
    }

    @Override
    public String toString() {
        return page.toString();
    }
}
