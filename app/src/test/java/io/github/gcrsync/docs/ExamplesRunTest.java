package io.github.gcrsync.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.testkit.Program;
import io.github.gcrsync.testkit.Program.Result;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Runs the call of each example exactly as written, with its variables and files, against the servers of
 * {@link Neighbourhood}. System folders are replaced by folders of the test.
 */
final class ExamplesRunTest {
    private static final Pattern COPIED = Pattern.compile("copied +(\\d+)");
    private static final Pattern EXPRESSION = Pattern.compile("\\$\\{\\{ *([\\w.]+) *}}");

    @TempDir
    Path folder;

    private Neighbourhood neighbourhood;
    private final Map<String, String> environment = new HashMap<>();
    private final Map<String, String> context = new HashMap<>();

    @BeforeEach
    void start() throws Exception {
        neighbourhood = new Neighbourhood(Files.createDirectories(folder.resolve("neighbourhood")));
        environment.putAll(neighbourhood.environment());
    }

    @AfterEach
    void stop() {
        neighbourhood.close();
    }

    @Test
    void runsGitHubWorkflow() throws IOException {
        Path checkout = checkout();
        Path summary = folder.resolve("summary.md");
        environment.put("GITHUB_STEP_SUMMARY", summary.toString());

        assertMirrors(sh(workflowStep(Yaml.read(Examples.GITHUB).at("/jobs/mirror")), checkout), "you/pause");
        assertThat(summary).content().contains("copied");
        assertThat(checkout.resolve("report.html")).content().contains("</html>");
    }

    /** Sets the variables of the step that runs gcrsync; returns its script. */
    private String workflowStep(JsonNode job) {
        JsonNode step = job.at("/steps")
                .valueStream()
                .filter(each -> each.at("/run").asString("").contains("gcrsync"))
                .findFirst()
                .orElseThrow();
        step.at("/env")
                .properties()
                .forEach(variable -> environment.put(
                        variable.getKey(), evaluated(variable.getValue().asString())));
        return step.at("/run").asString();
    }

    private String evaluated(String value) {
        context.putAll(Map.of(
                "vars.DOCKERUSER", "you",
                "secrets.DOCKERPASSWORD", secret("GCRSYNC_DOCKERPASSWORD"),
                "github.token", secret("GCRSYNC_GITHUBTOKEN"),
                "github.server_url", "https://github.com",
                "github.repository", "you/metadata"));
        return EXPRESSION.matcher(value).replaceAll(found -> {
            assertThat(context).containsKey(found.group(1));
            return Matcher.quoteReplacement(context.get(found.group(1)));
        });
    }

    @Test
    void runsGitLabPipeline() throws IOException {
        Result result = gitLab(Examples.GITLAB);

        assertThat(result.stdout()).as("%s", result).contains("PASS  mirror");
        assertMirrors(result, "team/pause");
        assertThat(folder.resolve("checkout/report.html")).exists();
    }

    private Result gitLab(Path example) throws IOException {
        Path checkout = checkout();
        Files.copy(example, checkout.resolve(".gitlab-ci.yml"));
        Examples.commit(checkout);
        Program runner = Examples.gitLabRunner(checkout)
                .arguments("--force-shell-executor", "--variable", "CI_PIPELINE_SOURCE=schedule")
                .arguments("--variable", "GCRSYNC_GITHUBTOKEN=" + secret("GCRSYNC_GITHUBTOKEN"));
        environment.forEach(runner::environment);
        return runner.run();
    }

    @Test
    void runsSystemdService() throws IOException {
        String unit = ProjectFiles.text(Examples.SERVICE)
                .replace("%S", folder.resolve("var/lib").toString())
                .replace("%d", folder.resolve("run/credentials").toString());
        directives(unit, "Environment").stream()
                .flatMap(line -> Stream.of(line.split(" ")))
                .map(assignment -> assignment.split("=", 2))
                .forEach(assignment -> environment.put(assignment[0], assignment[1]));
        assertThat(directives(unit, "LoadCredential"))
                .singleElement()
                .asString()
                .startsWith("config.json:");
        login(folder.resolve("run/credentials/config.json"));
        environment.put("GCRSYNC_GITHUBTOKEN", secret("GCRSYNC_GITHUBTOKEN"));
        write(
                folder.resolve("etc/gcrsync/gcrsync.yaml"),
                ProjectFiles.text(Examples.SERVICE.resolveSibling("gcrsync.yaml")));
        Path state = Files.createDirectories(folder.resolve("var/lib")
                .resolve(directives(unit, "StateDirectory").getFirst()));
        assertThat(directives(unit, "WorkingDirectory")).containsExactly(state.toString());

        String command = directives(unit, "ExecStart").getFirst();
        assertThat(command).startsWith("/usr/bin/gcrsync ");
        assertMirrors(sh(moved(command.replace("/usr/bin/", "")), state), "team/pause");
    }

    private static List<String> directives(String unit, String name) {
        return Pattern.compile("(?m)^" + name + "=(.*)$")
                .matcher(unit)
                .results()
                .map(line -> line.group(1))
                .toList();
    }

    @Test
    void runsKubernetesCronJob() throws IOException {
        assertMirrors(gcrsync(pod(Examples.KUBERNETES)), "team/pause");
    }

    @Test
    void runsShardsOfKubernetes() throws IOException {
        JsonNode arguments = pod(Examples.KUBERNETES_SHARDS);
        List<Result> shards = new ArrayList<>();
        for (int index = 0; index < 3; index++) {
            environment.put("JOB_COMPLETION_INDEX", "" + index);
            shards.add(gcrsync(arguments));
        }
        assertShare(shards, "team/pause");
    }

    @Test
    void runsShardsOfGitHub() throws IOException {
        JsonNode job = Yaml.read(Examples.GITHUB_SHARDS).at("/jobs/mirror");
        Path checkout = checkout();
        List<Result> shards = new ArrayList<>();
        for (JsonNode shard : job.at("/strategy/matrix/shard")) {
            context.put("matrix.shard", shard.asString());
            shards.add(sh(workflowStep(job), checkout));
        }
        assertShare(shards, "you/pause");
    }

    @Test
    void runsShardsOfGitLab() throws IOException {
        Result result = gitLab(Examples.GITLAB_SHARDS);

        assertThat(result.stdout()).as("%s", result).contains("shard 1 of 3", "shard 2 of 3", "shard 3 of 3");
        assertShare(List.of(result), "team/pause");
    }

    private void assertShare(List<Result> shards, String repository) {
        assertThat(shards)
                .allSatisfy(
                        result -> assertThat(result.exitCode()).as("%s", result).isZero());
        assertThat(shards.stream()
                        .flatMap(result -> COPIED.matcher(result.stdout()).results())
                        .mapToInt(copied -> Integer.parseInt(copied.group(1)))
                        .boxed())
                .as("%s", shards)
                .hasSize(3)
                .satisfies(copied ->
                        assertThat(copied.stream().mapToInt(each -> each).sum()).isEqualTo(6));
        assertThat(neighbourhood.pushes(repository)).isEqualTo(2);
    }

    /** Prepares the files and variables of a pod; returns the arguments of its container. */
    private JsonNode pod(Path example) throws IOException {
        List<JsonNode> manifests = Yaml.readAll(example);
        JsonNode pod = manifests.getLast().at("/spec/jobTemplate/spec/template/spec");
        JsonNode container = pod.at("/containers/0");
        for (JsonNode mount : container.at("/volumeMounts")) {
            Path place =
                    Files.createDirectories(Path.of(moved(mount.at("/mountPath").asString())));
            JsonNode volume = named(pod.at("/volumes"), mount.at("/name").asString());
            if (volume.has("configMap")) {
                manifests
                        .getFirst()
                        .at("/data")
                        .properties()
                        .forEach(file -> write(
                                place.resolve(file.getKey()), file.getValue().asString()));
            } else if (volume.has("secret")) {
                login(place.resolve(volume.at("/secret/items/0/path").asString()));
            }
        }
        for (JsonNode variable : container.at("/env")) {
            String value = variable.has("value")
                    ? moved(variable.at("/value").asString())
                    : secret(variable.at("/name").asString());
            environment.put(variable.at("/name").asString(), value);
        }

        return container.at("/args");
    }

    private static JsonNode named(JsonNode list, String name) {
        return list.valueStream()
                .filter(each -> each.at("/name").asString().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void runsComposeService() throws IOException {
        JsonNode service =
                Yaml.json(Examples.composeReader().run().orThrow().stdout()).at("/services/mirror");
        for (JsonNode mount : service.at("/volumes")) {
            Path source = Path.of(mount.at("/source").asString());
            Path target = Path.of(moved(mount.at("/target").asString()));
            if (Files.isRegularFile(source)) {
                write(target, ProjectFiles.text(source).replace("registry:5000", neighbourhood.destination()));
            } else {
                Files.createDirectories(target);
            }
        }
        service.at("/environment")
                .properties()
                .forEach(variable -> environment.put(
                        variable.getKey(), moved(variable.getValue().asString())));

        assertMirrors(gcrsync(service.at("/command")), "google-containers/pause");
        assertThat(folder.resolve("var/lib/gcrsync/metadata/.git")).isDirectory();
    }

    private Path checkout() throws IOException {
        Path checkout = Files.createDirectories(folder.resolve("checkout"));
        neighbourhood.linkInto(checkout);
        return checkout;
    }

    private Result gcrsync(JsonNode arguments) {
        List<String> words = new ArrayList<>();
        arguments.forEach(argument -> words.add("'" + moved(argument.asString()) + "'"));
        return sh("gcrsync " + String.join(" ", words), folder);
    }

    private Result sh(String script, Path workingFolder) {
        Program shell = Program.require("sh").arguments("-euc", script).in(workingFolder);
        environment.forEach(shell::environment);
        return shell.run();
    }

    private void assertMirrors(Result result, String repository) {
        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(result.stdout()).as("%s", result).containsPattern("copied +6 ");
        assertThat(result.stdout() + result.stderr())
                .doesNotContain("unknown variable")
                .doesNotContain(secret("GCRSYNC_GITHUBTOKEN"))
                .doesNotContain(secret("GCRSYNC_DOCKERPASSWORD"));
        assertThat(neighbourhood.pushes(repository))
                .as("pushes to " + repository)
                .isPositive();
    }

    private String secret(String variable) {
        String value = neighbourhood.variables().get(variable);
        assertThat(value).as(variable).isNotNull();
        return String.valueOf(value);
    }

    /** Replaces system folders by folders of the test. */
    private String moved(String text) {
        return text.replaceAll("(?<![\\w./-])/(?=(?:etc|run|tmp|var)\\b)", Matcher.quoteReplacement(folder + "/"));
    }

    private void write(Path file, String content) {
        try {
            Files.createDirectories(file.resolveSibling(""));
            Files.writeString(file, moved(content));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Moves the result of {@code docker login} to another place, so that it is found only there. */
    private void login(Path file) throws IOException {
        Files.createDirectories(file.resolveSibling(""));
        Files.move(neighbourhood.login(), file);
    }
}
