package io.github.gcrsync.testkit;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The endpoint that a path of the distribution API names. */
sealed interface Route {
    Pattern UPLOADS = Pattern.compile("/v2/(.+)/blobs/uploads/?([^/]*)");
    Pattern CONTENT = Pattern.compile("/v2/(.+)/(manifests|blobs|referrers)/([^/]+)");
    Pattern TAGS = Pattern.compile("/v2/(.+)/tags/list");

    record Root() implements Route {}

    record Token() implements Route {}

    record Catalog() implements Route {}

    record Nowhere() implements Route {}

    sealed interface InRepository extends Route {
        /** As sent, unchecked. */
        String repository();
    }

    record Tags(String repository) implements InRepository {}

    record Manifests(String repository, String reference) implements InRepository {}

    record Blobs(String repository, String digest) implements InRepository {}

    record Referrers(String repository, String digest) implements InRepository {}

    /** @param id empty for the start of an upload */
    record Uploads(String repository, String id) implements InRepository {}

    static Route of(String encodedPath) {
        String path = URLDecoder.decode(encodedPath.replace("+", "%2B"), StandardCharsets.UTF_8);
        return switch (path) {
            case "/v2/", "/v2" -> new Root();
            case "/token" -> new Token();
            case "/v2/_catalog" -> new Catalog();
            default -> inRepository(path);
        };
    }

    private static Route inRepository(String path) {
        Matcher tags = TAGS.matcher(path);
        if (tags.matches()) {
            return new Tags(tags.group(1));
        }
        Matcher uploads = UPLOADS.matcher(path);
        if (uploads.matches()) {
            return new Uploads(uploads.group(1), uploads.group(2));
        }
        Matcher content = CONTENT.matcher(path);
        if (!content.matches()) {
            return new Nowhere();
        }
        return switch (content.group(2)) {
            case "manifests" -> new Manifests(content.group(1), content.group(3));
            case "blobs" -> new Blobs(content.group(1), content.group(3));
            default -> new Referrers(content.group(1), content.group(3));
        };
    }
}
