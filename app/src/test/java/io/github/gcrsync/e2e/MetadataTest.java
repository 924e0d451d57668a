package io.github.gcrsync.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess;
import io.github.gcrsync.commands.MetadataFiles;
import io.github.gcrsync.commands.Workplace;
import io.github.gcrsync.testkit.GitHttpServer;
import io.github.gcrsync.testkit.Program;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.TestRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is recorded, where and in which format. */
final class MetadataTest extends BetweenRegistries {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");
    private static final String TOKEN = "ghp_0123456789abcdef";

    @BeforeEach
    void fill() {
        source.put("ns/pause", "3.1", SampleImages.docker(1));
        source.put("ns/kube/proxy", "v1.0", SampleImages.docker(2));
    }

    @Test
    void writesFilesInFormatOfOriginal() {
        sync();

        MetadataFiles metadata = workplace.metadata();
        assertThat(metadata.file("ImageList")).isEqualTo("""
                [
                    "kube/proxy:v1.0",
                    "pause:3.1"
                ]""");
        String place = destination.host() + "/mirror";
        assertThat(metadata.file("README.md").lines().skip(1))
                .containsExactly(
                        "",
                        "- [%s/ns/kube/proxy:v1.0](https://%s/kube/proxy)".formatted(source.host(), place),
                        "- [%s/ns/pause:3.1](https://%s/pause)".formatted(source.host(), place));
        assertThat(metadata.file("ImageDigests").lines()).hasSize(5).satisfies(lines -> {
            assertThat(lines.get(1)).isEqualTo("# destination " + place);
            assertThat(lines.get(2)).isEqualTo("# source " + source.host() + "/ns");
            assertThat(lines.get(3))
                    .startsWith("kube/proxy:v1.0 " + source.manifestDigest("ns/kube/proxy", "v1.0") + " 20");
            assertThat(lines.get(4)).startsWith("pause:3.1 " + source.manifestDigest("ns/pause", "3.1") + " 20");
        });
        assertThat(metadata.git("status", "--porcelain")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"Asia/Shanghai, [+]0800, ''", "UTC, [+]0000, UTC", "America/St_Johns, -0[23]30, America/St_Johns"})
    void usesTimeZoneInCommitAndHeading(String zone, String offset, String flag) {
        LocalDateTime before = LocalDateTime.now(ZoneId.of(zone)).minusSeconds(1);

        sync(flag.isEmpty() ? "--debug=false" : "--timezone=" + flag);

        String message = workplace.metadata().git("log", "-1", "--format=%s").strip();
        assertThat(message).matches("Auto sync at \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d");
        String time = message.substring("Auto sync at ".length());
        assertThat(Duration.between(before, LocalDateTime.parse(time, TIME)))
                .isBetween(Duration.ZERO, Duration.ofHours(1));
        assertThat(workplace.metadata().git("cat-file", "commit", "HEAD")).endsWith("\n\n" + message);
        assertThat(workplace
                        .metadata()
                        .git("log", "-1", "--format=%ad", "--date=format:%z")
                        .strip())
                .matches(offset);
        assertThat(workplace.metadata().file("README.md")).startsWith("### " + time + " Update(num: 2):\n");
    }

    @Test
    void takesAuthorFromFlags() {
        sync();
        assertThat(workplace
                        .metadata()
                        .git("log", "-1", "--format=%an <%ae> %cn <%ce>")
                        .strip())
                .isEqualTo("Late Lee <li@latelee.org> Late Lee <li@latelee.org>");

        source.put("ns/pause", "3.2", SampleImages.docker(3));
        sync("--githubuser=Zoë B.", "--githubemail", "zoe@example.org");
        assertThat(author(workplace.metadata())).isEqualTo("Zoë B. <zoe@example.org>");
    }

    @ParameterizedTest
    @ValueSource(strings = {"metadata", "metadata.git"})
    void takesAuthorFromEnvironmentOrRepository(String name) {
        Path repository = folder.resolve(name);
        MetadataFiles recorded = new MetadataFiles(repository);
        String[] init =
                name.endsWith(".git") ? new String[] {"init", "-q", "--bare", name} : new String[] {"init", "-q", name};
        git(folder, init);
        recorded.git("config", "user.name", "The Repository");
        recorded.git("config", "user.email", "repository@example.org");
        sync("--metadata=" + repository);
        assertThat(author(recorded)).isEqualTo("The Repository <repository@example.org>");

        workplace.set("GIT_AUTHOR_NAME", "The Environment").set("GIT_AUTHOR_EMAIL", "environment@example.org");
        source.put("ns/pause", "3.2", SampleImages.docker(3));
        sync("--metadata=" + repository);
        assertThat(author(recorded)).isEqualTo("The Environment <environment@example.org>");

        source.put("ns/pause", "3.3", SampleImages.docker(4));
        sync("--metadata=" + repository, "--githubuser=The Flag");
        assertThat(author(recorded)).isEqualTo("The Flag <environment@example.org>");
    }

    private static String author(MetadataFiles recorded) {
        return recorded.git("log", "-1", "--format=%an <%ae>").strip();
    }

    @Test
    void writesNewestUpdateFirst() {
        sync();
        source.put("ns/pause", "3.2", SampleImages.docker(3));
        sync();

        assertThat(workplace.metadata().file("README.md").lines().filter(line -> line.startsWith("- ")))
                .hasSize(3)
                .first()
                .asString()
                .contains("pause:3.2");
        assertThat(workplace.metadata().commits()).hasSize(2);
    }

    @Test
    void createsAndPushesToBareRepositoryByPath() {
        Path bare = folder.resolve("remote/mirror.git");

        InProcess.Result result = sync("--metadata=" + bare);

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(result.out()).contains("recorded in " + bare).contains(", pushed");
        assertThat(new MetadataFiles(bare).images()).containsExactly("kube/proxy:v1.0", "pause:3.1");
        assertThat(new MetadataFiles(bare).git("branch", "--list").strip()).isEqualTo("* master");
        assertThat(sync("--metadata=" + bare).out()).contains("nothing new to record");
    }

    @Test
    void writesAnotherBranchOnRequest() {
        Path bare = folder.resolve("mirror.git");
        sync("--metadata=" + bare, "--branch=mirrors/one");

        assertThat(new MetadataFiles(bare)
                        .git("ls-tree", "--name-only", "mirrors/one:ns")
                        .lines())
                .containsExactly("ImageDigests", "ImageList", "README.md");
    }

    @ParameterizedTest
    @CsvSource({"flag", "environment"})
    void pushesOverHttpWithToken(String way) throws Exception {
        Path remotes = Files.createDirectory(folder.resolve("remotes"));
        git(remotes, "init", "--quiet", "--initial-branch=main", "first");
        git(remotes, "-C", "first", "-c", "user.name=A", "-c", "user.email=a@b", "commit", "--allow-empty", "-qmFirst");
        git(remotes, "clone", "--quiet", "--bare", "first", "mirror.git");
        try (GitHttpServer server = GitHttpServer.serve(remotes, "x-access-token", TOKEN)) {
            String[] flags = {"--metadata=" + server.url("mirror.git"), "--githubtoken", TOKEN};
            if (way.equals("environment")) {
                workplace.set("GCRSYNC_GITHUBTOKEN", TOKEN);
                flags = new String[] {flags[0]};
            }
            InProcess.Result result = sync(flags);

            assertThat(result.exitCode()).as("%s", result).isZero();
            MetadataFiles recorded = new MetadataFiles(remotes.resolve("mirror.git"));
            assertThat(recorded.images()).containsExactly("kube/proxy:v1.0", "pause:3.1");
            assertThat(recorded.git("branch", "--list").strip()).isEqualTo("* main");
            assertThat(result.out())
                    .contains("recorded in " + server.url("mirror.git"))
                    .contains(", pushed");
        }
    }

    @Test
    void mergesConcurrentPush() throws Exception {
        Path bare = folder.resolve("mirror.git");
        sync("--metadata=" + bare);
        TestRegistry other = TestRegistry.start();
        Workplace elsewhere = new Workplace(Files.createDirectory(folder.resolve("elsewhere")));
        source.put("ns/other", "1", SampleImages.docker(5));
        try (other) {
            elsewhere.sync(source.host(), destination.host() + "/mirror", "--metadata=" + bare);
        }
        source.put("ns/pause", "3.2", SampleImages.docker(6));
        InProcess.Result result = sync("--metadata=" + bare);

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(new MetadataFiles(bare).images())
                .containsExactly("kube/proxy:v1.0", "other:1", "pause:3.1", "pause:3.2");
        assertThat(new MetadataFiles(bare).digests()).hasSize(4);
    }

    @ParameterizedTest
    @CsvSource({"wrong token", "no token", "nobody there", "no repository", "a file"})
    void doesNotStartWithoutMetadataRepository(String trouble) throws Exception {
        Path remotes = Files.createDirectory(folder.resolve("remotes"));
        git(remotes, "init", "--quiet", "--bare", "mirror.git");
        GitHttpServer server = GitHttpServer.serve(remotes, "x-access-token", TOKEN);
        try (server) {
            String location = switch (trouble) {
                case "no repository" -> server.url("other.git");
                case "a file" ->
                    Files.writeString(folder.resolve("file"), "something").toString();
                default -> server.url("mirror.git");
            };
            if (trouble.equals("nobody there")) {
                server.close();
            }
            String token = trouble.equals("wrong token") ? "wr0ng" : trouble.equals("no token") ? "" : TOKEN;

            InProcess.Result result = sync("--metadata=" + location, "--githubtoken=" + token, "--httptimeout=1s");

            assertThat(result.exitCode()).as("%s", result).isEqualTo(3);
            assertThat(result.err().lines())
                    .singleElement()
                    .asString()
                    .startsWith("gcrsync: ")
                    .contains(location);
            assertThat(result.err()).doesNotContain("wr0ng", TOKEN);
            assertThat(source.log().count() + destination.log().count()).isZero();
        }
    }

    @Test
    void reportsRefusedPushAndPushesInNextRun() throws Exception {
        Path bare = folder.resolve("mirror.git");
        git(folder, "init", "--quiet", "--bare", "--initial-branch=master", "mirror.git");
        GitHttpServer server = GitHttpServer.serve(folder);
        String metadata = "--metadata=" + server.url("mirror.git");
        sync(metadata);
        Path hook = Files.writeString(bare.resolve("hooks/pre-receive"), "#!/bin/sh\necho closed for today; exit 1\n");
        assertThat(hook.toFile().setExecutable(true)).isTrue();
        source.put("ns/pause", "3.2", SampleImages.docker(3));

        InProcess.Result refused = sync(metadata);

        assertThat(refused.exitCode()).as("%s", refused).isEqualTo(1);
        assertThat(refused.out()).contains("NOT RECORDED").contains("closed for today");
        Files.delete(hook);
        destination.log().clear();
        InProcess.Result next = sync(metadata, "--report=" + folder.resolve("report.json"));
        server.close();
        assertThat(next.exitCode()).as("%s", next).isZero();
        String commit = new MetadataFiles(bare).git("rev-parse", "master").strip();
        assertThat(next.out())
                .contains("nothing new to record; pushed to " + server.url("mirror.git") + ": commit "
                        + commit.substring(0, 10) + ", kept on this machine since an earlier push failed");
        assertThat(folder.resolve("report.json")).content().contains("\"commit\":\"" + commit + "\"");
        assertThat(new MetadataFiles(bare).images()).contains("pause:3.2");
        assertThat(destination.log().count("PUT", ".*")).isZero();
    }

    private InProcess.Result sync(String... more) {
        return workplace.sync(source.host(), destination.host() + "/mirror", more);
    }

    private static void git(Path where, String... arguments) {
        Program.require("git").in(where).arguments(arguments).run().orThrow();
    }
}
