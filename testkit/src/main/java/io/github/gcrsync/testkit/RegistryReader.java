package io.github.gcrsync.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/** Reads lists and manifests of a registry, with the client's credentials. */
final class RegistryReader {
    private static final String MANIFESTS = String.join(
            ", ",
            "application/vnd.oci.image.index.v1+json",
            "application/vnd.oci.image.manifest.v1+json",
            "application/vnd.docker.distribution.manifest.list.v2+json",
            "application/vnd.docker.distribution.manifest.v2+json",
            "*/*");

    /** Reports an answer other than 200, which is forwarded unchanged. */
    static final class RefusedException extends IOException {
        private static final long serialVersionUID = 1;
        private final transient Answer answer;

        RefusedException(Answer answer) {
            super("the registry behind answered " + answer.status);
            this.answer = answer;
        }

        int status() {
            return answer.status;
        }

        Reply reply() {
            return new Reply(answer.status, answer.headers, answer.body.openAt(0), answer.body.size());
        }
    }

    /** A completely read answer. */
    record Answer(int status, Headers headers, Content body) {}

    private final WireClient client;
    private final Headers credentials;

    RegistryReader(WireClient client, Headers credentials) {
        this.client = client;
        this.credentials = credentials;
    }

    Answer manifest(String repository, String reference) throws IOException {
        return get("/v2/%s/manifests/%s".formatted(repository, reference));
    }

    /** Reads all pages of a list. */
    List<String> names(String path, String member) throws IOException {
        List<String> names = new ArrayList<>();
        String next = path + "?n=1000";
        while (!next.isEmpty()) {
            Answer page = get(next);
            Json.parse(page.body.bytes()).get(member).items().forEach(name -> names.add(name.text()));
            String link = page.headers.first("Link");
            next = link.isEmpty()
                    ? ""
                    : link.substring(link.indexOf('<') + 1, link.indexOf('>')).replaceFirst("^https?://[^/]+", "");
        }
        return names;
    }

    private Answer get(String target) throws IOException {
        Headers headers = credentials.copy().set("Accept", MANIFESTS);
        Reply reply = client.send("GET", target, headers, InputStream.nullInputStream(), 0);
        try (InputStream body = reply.body()) {
            Answer answer = new Answer(reply.status(), reply.headers(), Content.of(body.readAllBytes()));
            if (answer.status != 200) {
                throw new RefusedException(answer);
            }
            return answer;
        }
    }
}
