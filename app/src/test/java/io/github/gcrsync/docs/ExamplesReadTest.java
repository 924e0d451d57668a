package io.github.gcrsync.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gcrsync.cli.InProcess;
import io.github.gcrsync.testkit.Program;
import io.github.gcrsync.testkit.Program.Result;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1CronJob;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1PersistentVolumeClaim;
import io.kubernetes.client.openapi.models.V1Service;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Third-party parsers accept every example. Each parser also gets one wrong example, to show that it does check. */
final class ExamplesReadTest {
    @TempDir
    Path folder;

    @Test
    void acceptsGitHubWorkflow() throws IOException {
        assertThat(Examples.gitHubReader().arguments(Examples.GITHUB.toString()).run())
                .returns(0, Result::exitCode)
                .returns("", Result::stderr);

        Path wrong = changed(Examples.GITHUB, "secrets.", "secret.");
        assertThat(Examples.gitHubReader().arguments(wrong.toString()).run().stderr())
                .contains("Unrecognized named-value: 'secret'");
    }

    @Test
    void acceptsGitLabPipeline() throws IOException {
        assertThat(gitLab(Examples.GITLAB).orThrow().stdout()).contains("\"name\": \"mirror\"", "\"exit_codes\": 5");

        Result refusal = gitLab(changed(Examples.GITLAB, "resource_group:", "resource_groups:"));
        assertThat(refusal.exitCode()).isNotZero();
        assertThat(refusal.stderr()).contains("'resource_groups' property is not expected");
    }

    private Result gitLab(Path file) throws IOException {
        Path clone = Files.createTempDirectory(folder, "clone");
        Files.copy(file, clone.resolve(".gitlab-ci.yml"));
        Examples.commit(clone);
        return Examples.gitLabRunner(clone).arguments("--list-json").run();
    }

    @Test
    void acceptsSystemdUnits() throws IOException {
        Path service = changed(Examples.SERVICE, "/usr/bin/gcrsync ", "/bin/true ");
        Path timer = Files.copy(Examples.TIMER, folder.resolve("gcrsync.timer"));
        assertThat(analyze("verify", "--man=no", service.toString(), timer.toString()))
                .returns(0, Result::exitCode)
                .returns("", Result::stderr);
        Result exposure = analyze("security", "--offline=yes", "--threshold=15", "--no-pager", service.toString());
        assertThat(exposure.exitCode()).as("%s", exposure).isZero();

        Files.writeString(timer, Files.readString(timer).replace("03:17:00", "25:17:00"));
        assertThat(analyze("verify", "--man=no", timer.toString()).stderr()).contains("Failed to parse calendar");
    }

    private static Result analyze(String... arguments) {
        return Program.require("systemd-analyze").arguments(arguments).run();
    }

    @Test
    void acceptsKubernetesManifests() throws IOException {
        for (JsonNode manifest : Yaml.readAll(Examples.KUBERNETES)) {
            readManifest(manifest);
        }

        JsonNode wrong = Yaml.readAll(changed(Examples.KUBERNETES, "concurrencyPolicy", "concurencyPolicy"))
                .getLast();
        assertThatThrownBy(() -> readManifest(wrong)).hasMessageContaining("`concurencyPolicy`");
    }

    /** Rejects unknown, missing and mistyped fields. */
    private static void readManifest(JsonNode manifest) throws IOException {
        String json = manifest.toString();
        Object read = switch (manifest.at("/kind").asString()) {
            case "ConfigMap" -> V1ConfigMap.fromJson(json);
            case "PersistentVolumeClaim" -> V1PersistentVolumeClaim.fromJson(json);
            case "Service" -> V1Service.fromJson(json);
            case "Deployment" -> V1Deployment.fromJson(json);
            case "CronJob" -> V1CronJob.fromJson(json);
            default -> throw new IllegalArgumentException("no reader for " + json);
        };
        assertThat(read).isNotNull();
    }

    @Test
    void acceptsComposeFile() throws IOException {
        assertThat(Examples.composeReader().run()).returns(0, Result::exitCode).returns("", Result::stderr);

        changed(Examples.COMPOSE, "healthcheck:", "healthchek:");
        assertThat(Examples.composeReader().in(folder).run().stderr())
                .contains("Additional property healthchek is not allowed");
    }

    @Test
    void acceptsExamplesOfServer() throws IOException {
        for (JsonNode manifest : Yaml.readAll(Examples.SERVER_MANIFESTS)) {
            readManifest(manifest);
        }
        Path unit = changed(Examples.SERVER_UNIT, "/usr/bin/gcrsync ", "/bin/true ");
        assertThat(analyze("verify", "--man=no", unit.toString()))
                .returns(0, Result::exitCode)
                .returns("", Result::stderr);
        Files.writeString(folder.resolve("token"), "0123456789abcdef");
        Files.copy(Examples.SERVER_COMPOSE, folder.resolve("server.yaml"));
        assertThat(Program.require("compose-spec")
                        .arguments("-format", "json", "server.yaml")
                        .in(folder)
                        .run())
                .returns(0, Result::exitCode);
        assertThat(ProjectFiles.text(Examples.SERVER_COMPOSE))
                .as("a folder with the file is mounted, not the file, which an editor may replace")
                .contains("--config, /etc/gcrsync/config/", "./config:/etc/gcrsync/config:ro");
        String flags = ProjectFiles.text(Examples.SERVER_MANIFESTS)
                + ProjectFiles.text(Examples.SERVER_UNIT)
                + ProjectFiles.text(Examples.SERVER_COMPOSE);
        assertThat(Pattern.compile("(?<=[ ,-] )--[a-z-]+")
                        .matcher(flags)
                        .results()
                        .map(MatchResult::group))
                .isNotEmpty()
                .isSubsetOf(InProcess.flags("server"));
    }

    @Test
    void acceptsUnitOfRegistry() throws IOException {
        Path unit = changed(Examples.REGISTRY_UNIT, "/usr/bin/gcrsync ", "/bin/true ");

        assertThat(analyze("verify", "--man=no", unit.toString()))
                .returns(0, Result::exitCode)
                .returns("", Result::stderr);
        Result exposure = analyze("security", "--offline=yes", "--threshold=15", "--no-pager", unit.toString());
        assertThat(exposure.exitCode()).as("%s", exposure).isZero();
    }

    @Test
    void acceptsExamplesOfWorkers() throws IOException {
        JsonNode deployment = Yaml.readAll(Examples.WORKER_MANIFEST).getFirst();
        readManifest(deployment);
        Path unit = changed(Examples.WORKER_UNIT, "/usr/bin/gcrsync ", "/bin/true ");
        assertThat(analyze("verify", "--man=no", unit.toString()))
                .returns(0, Result::exitCode)
                .returns("", Result::stderr);
        Result exposure = analyze("security", "--offline=yes", "--threshold=15", "--no-pager", unit.toString());
        assertThat(exposure.exitCode()).as("%s", exposure).isZero();

        List<JsonNode> server = Yaml.readAll(Examples.SERVER_MANIFESTS);
        assertThat(volume(deployment, "config").at("/configMap/name"))
                .isEqualTo(server.getFirst().at("/metadata/name"));
        assertThat(volume(deployment, "docker")).isEqualTo(volume(server.getLast(), "docker"));
        assertThat(secretsOfDatabase(deployment))
                .isEqualTo(secretsOfDatabase(server.getLast()))
                .hasSize(2);
    }

    private static JsonNode volume(JsonNode deployment, String name) {
        return deployment
                .at("/spec/template/spec/volumes")
                .valueStream()
                .filter(volume -> volume.at("/name").asString().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> secretsOfDatabase(JsonNode deployment) {
        return deployment
                .at("/spec/template/spec/containers/0/env")
                .valueStream()
                .filter(variable -> variable.at("/name").asString().startsWith("GCRSYNC_DATABASE"))
                .map(variable -> variable.at("/name").asString() + " "
                        + variable.at("/valueFrom/secretKeyRef/name").asString() + " "
                        + variable.at("/valueFrom/secretKeyRef/key").asString())
                .toList();
    }

    @Test
    void acceptsExamplesOfShards() throws IOException {
        assertThat(Examples.gitHubReader()
                        .arguments(Examples.GITHUB_SHARDS.toString())
                        .run())
                .returns(0, Result::exitCode)
                .returns("", Result::stderr);
        assertThat(gitLab(Examples.GITLAB_SHARDS).orThrow().stdout()).contains("\"exit_codes\": 5");
        List<JsonNode> manifests = Yaml.readAll(Examples.KUBERNETES_SHARDS);
        for (JsonNode manifest : manifests) {
            readManifest(manifest);
        }
        JsonNode job = manifests.getLast().at("/spec/jobTemplate/spec");
        assertThat(job.at("/template/spec/containers/0/env").valueStream()).anySatisfy(variable -> {
            assertThat(variable.at("/name").asString()).isEqualTo("GCRSYNC_SHARDS");
            assertThat(variable.at("/value").asString())
                    .isEqualTo(job.at("/completions").asString())
                    .isEqualTo(job.at("/parallelism").asString());
        });
    }

    /** Returns a copy with a part replaced; the part must exist. */
    private Path changed(Path example, String from, String to) throws IOException {
        String text = ProjectFiles.text(example);
        assertThat(text).contains(from);
        return Files.writeString(folder.resolve(example.getFileName().toString()), text.replace(from, to));
    }
}
