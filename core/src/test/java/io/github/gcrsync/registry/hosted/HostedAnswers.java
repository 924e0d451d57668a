package io.github.gcrsync.registry.hosted;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.http.Headers;
import io.github.gcrsync.registry.ecr.EcrImages;
import java.net.URI;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;

/** Reads untrusted bytes as a page of each web API. */
public final class HostedAnswers {
    private static final URI REGISTRY = URI.create("https://r.example");
    private static final HostedApi ECR = EcrImages.of(
                    "123456789012.dkr.ecr.eu-central-1.amazonaws.com",
                    Map.of("AWS_ACCESS_KEY_ID", "k", "AWS_SECRET_ACCESS_KEY", "s"),
                    InstantSource.system())
            .orElseThrow();
    private static final List<HostedApi> APIS =
            List.of(new DockerHub(REGISTRY), new Quay(REGISTRY), new Harbor(REGISTRY), ECR);

    private HostedAnswers() {}

    /** @throws ContentException.Corrupt if the content is not a page of the API with this number */
    public static void read(int api, byte[] content) {
        try {
            Goal.all()
                    .add(APIS.get(api % APIS.size())
                            .read(HostedListing.tree(content), Headers.NONE, HostedApi.Place.FIRST));
        } catch (JacksonException e) {
            throw new ContentException.Corrupt("not JSON");
        }
    }
}
