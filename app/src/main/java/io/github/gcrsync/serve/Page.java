package io.github.gcrsync.serve;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.gcrsync.serve.http.Request;
import io.github.gcrsync.serve.http.Response;
import java.net.URLEncoder;
import java.util.List;

/**
 * The part of a list that a request wants, by {@code n} and {@code last} (OCI distribution specification, "Listing
 * Tags").
 *
 * @param size in names
 * @param last the names after this one; empty: from the first one
 */
record Page(int size, String last) {
    /** Slow clients keep their page in memory. gcr.io lists as many. */
    private static final int MOST = 10_000;

    /** @throws NumberFormatException if {@code n} is not a number, or negative */
    static Page of(Request request) {
        long size = Long.parseLong(request.query().getOrDefault("n", "" + MOST));
        if (size < 0) {
            throw new NumberFormatException("negative");
        }
        return new Page((int) Math.min(MOST, size), request.query().getOrDefault("last", ""));
    }

    boolean isFirst() {
        return last.isEmpty();
    }

    /**
     * Returns the names of this page, and adds the link to the next one to the response.
     *
     * @param sorted all names
     */
    List<String> of(List<String> sorted, String path, Response response) {
        List<String> after =
                sorted.stream().filter(name -> name.compareTo(last) > 0).toList();
        if (size == 0 || after.size() <= size) {
            return size == 0 ? List.of() : after;
        }
        List<String> page = after.subList(0, size);
        response.header(
                "Link",
                "<" + path + "?n=" + size + "&last=" + URLEncoder.encode(page.getLast(), UTF_8) + ">; rel=\"next\"");
        return page;
    }
}
