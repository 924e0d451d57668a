package io.github.gcrsync.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The emulated web APIs answer with the documented fields. */
@Timeout(60)
final class WebApiTest {
    private static final SampleImage IMAGE = SampleImages.oci(1);

    private static TestRegistry started(RegistryOptions options, int tags) {
        TestRegistry registry = options.start();
        for (int i = 0; i < tags; i++) {
            registry.put("ns/a", "t" + i, i == 0 ? IMAGE : SampleImages.oci(i + 1));
        }
        registry.put("ns/a", SampleImages.oci(100));
        return registry;
    }

    @Test
    void pagesTagsOfDockerHub() throws Exception {
        try (TestRegistry registry = started(TestRegistry.builder().webApi(WebApi.DOCKER_HUB), 3);
                Calls calls = new Calls(registry.host())) {
            String path = "/v2/namespaces/ns/repositories/a/tags?page_size=2&page=";
            Json first = Calls.json(calls.get(path + 1));
            Json last = Calls.json(calls.get(path + 2));

            assertThat(first.get("count").number()).isEqualTo(3);
            assertThat(first.get("next").text()).isNotEmpty();
            assertThat(first.get("results").items()).hasSize(2);
            assertThat(last.get("next").present()).isFalse();
            Json tag = first.get("results").items().getFirst();
            assertThat(tag.get("name").text()).isEqualTo("t0");
            assertThat(tag.get("digest").text()).isEqualTo(IMAGE.digest());
            assertThat(tag.get("tag_last_pushed").text()).isEqualTo("2018-01-01T00:00:00Z");
            assertThat(calls.get("/v2/namespaces/ns/repositories/b/tags").statusCode())
                    .isEqualTo(404);
        }
    }

    @Test
    void listsTagsOfQuayWithoutCredentials() throws Exception {
        try (TestRegistry registry =
                        started(TestRegistry.builder().webApi(WebApi.QUAY).tagsWithoutDigest("t1"), 2);
                Calls calls = new Calls(registry.host())) {
            String path = "/api/v1/repository/ns/a/tag/?limit=100&page=1&onlyActiveTags=true";
            Json page = Calls.json(calls.get(path));

            assertThat(page.get("has_additional").value()).isEqualTo(false);
            Json tag = page.get("tags").items().getFirst();
            assertThat(tag.get("manifest_digest").text()).isEqualTo(IMAGE.digest());
            assertThat(tag.get("last_modified").text()).isEqualTo("Mon, 01 Jan 2018 00:00:00 -0000");
            assertThat(page.get("tags").items().getLast().get("manifest_digest").present())
                    .isFalse();
            assertThat(calls.get(path, "Authorization", "Bearer x").statusCode())
                    .isEqualTo(401);
        }
    }

    @Test
    void listsTaggedArtifactsOfHarborToItsUsers() throws Exception {
        RegistryOptions options = TestRegistry.builder()
                .webApi(WebApi.HARBOR)
                .anonymousPull(false)
                .bearerAuth(Duration.ofMinutes(5), new User("robot", "secret"));
        try (TestRegistry registry = started(options, 2);
                Calls calls = new Calls(registry.host())) {
            String path = "/api/v2.0/projects/ns/repositories/a/artifacts?page_size=100&page=1&with_tag=true";
            String login = Calls.basic("robot:secret");
            HttpResponse<byte[]> all = calls.get(path, "Authorization", login);
            HttpResponse<byte[]> tagged = calls.get(path + "&q=tags%3D*", "Authorization", login);

            assertThat(Calls.header(all, "X-Total-Count")).isEqualTo("3");
            assertThat(Calls.header(tagged, "X-Total-Count")).isEqualTo("2");
            Json artifact = Calls.json(tagged).items().getFirst();
            assertThat(artifact.get("digest").text()).isEqualTo(IMAGE.digest());
            assertThat(artifact.get("tags").items().getFirst().get("name").text())
                    .isEqualTo("t0");
            assertThat(calls.get(path).statusCode()).isEqualTo(401);
            assertThat(Calls.header(calls.get("/v2/"), "WWW-Authenticate")).contains("service=\"harbor-registry\"");
        }
    }

    @Test
    void describesTaggedImagesOfEcr() throws Exception {
        try (TestRegistry registry = started(TestRegistry.builder().webApi(WebApi.ECR), 2);
                Calls calls = new Calls(registry.host())) {
            byte[] body = "{\"repositoryName\":\"ns/a\",\"maxResults\":1,\"filter\":{\"tagStatus\":\"TAGGED\"}}"
                    .getBytes(StandardCharsets.UTF_8);
            String[] headers = {
                "Authorization",
                "AWS4-HMAC-SHA256 x",
                "X-Amz-Target",
                "AmazonEC2ContainerRegistry_V20150921.DescribeImages"
            };
            Json page = Calls.json(calls.send("POST", "/", body, headers));

            Json image = page.get("imageDetails").items().getFirst();
            assertThat(image.get("imageDigest").text()).isEqualTo(IMAGE.digest());
            assertThat(image.get("imageTags").items()).extracting(Json::text).containsExactly("t0");
            assertThat(image.get("imagePushedAt").number()).isEqualTo(1_514_764_800);
            assertThat(page.get("nextToken").text()).isNotEmpty();
            assertThat(calls.send("POST", "/", body).statusCode()).isEqualTo(400);
        }
    }
}
