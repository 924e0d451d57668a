package io.github.gcrsync.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess;
import io.github.gcrsync.testkit.SampleImages;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Forms of the command line, defaults, and names that two images would share. */
final class CommandLineTest extends BetweenRegistries {
    @BeforeEach
    void fill() {
        source.put("ns/a", "1", SampleImages.oci(1));
        source.put("ns/b", "1", SampleImages.oci(2));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sync --source=S --namespace=ns --destination=D --metadata=M",
                "sync --source S --namespace ns --destination D --metadata M",
                "--source=S --namespace ns --destination D --metadata=M sync",
                "--debug=true --source S sync --namespace=ns --destination=D --metadata M",
                "--source=S --namespace=ns --destination=docker://D --metadata=M",
                "--source=S --namespace=ns --destination=D --metadata=M --debug=false --processcount -1 --httptimeout 1m30s",
                "--namespace=other --source=S --namespace=ns --destination=D --metadata=M --processcount=0 --processcount=5"
            })
    void acceptsEveryFormOfCommandLine(String line) {
        String[] arguments = line.replace("=S", "=" + source.host())
                .replace(" S", " " + source.host())
                .replace("=D", "=" + destination.host() + "/mirror")
                .replace(" D", " " + destination.host() + "/mirror")
                .replace("//D", "//" + destination.host() + "/mirror")
                .replace("=M", "=" + folder.resolve("metadata"))
                .replace(" M", " " + folder.resolve("metadata"))
                .split(" ");

        InProcess.Result result = workplace.run(arguments);

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(destination.repositories()).containsExactly("mirror/a", "mirror/b");
        assertThat(workplace.metadata().images()).containsExactly("a:1", "b:1");
    }

    @Test
    void mirrorsToFolderByDefault() throws Exception {
        InProcess.Result result =
                workplace.start("--source=" + source.host(), "--namespace=ns").await();

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(result.out())
                .contains(source.host() + "/ns -> oci:mirror")
                .contains("recorded in " + folder.resolve("metadata"));
        assertThat(folder.resolve("mirror/a/oci-layout")).exists();
        assertThat(workplace.metadata().images()).containsExactly("a:1", "b:1");
        assertThat(workplace
                        .start("--source=" + source.host(), "--namespace=ns")
                        .await()
                        .out())
                .contains("nothing new to record");
    }

    @Test
    void keepsNamesInRegistryWithoutPath() {
        InProcess.Result result = workplace.sync(source.host(), destination.host());

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(destination.repositories()).containsExactly("a", "b");
    }

    @Test
    void mirrorsNestedNamespaceWithoutItsName() {
        source.put("ns/deep/er/x", "1", SampleImages.oci(3));

        InProcess.Result result = workplace.sync(source.host(), destination.host() + "/mirror", "--namespace=ns/deep");

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(destination.repositories()).containsExactly("mirror/er/x");
    }

    @Test
    void refusesCollidingNamesAtDockerHubBeforeCopying() {
        source.put("ns/a/b", "1", SampleImages.oci(3));
        source.put("ns/a_b", "1", SampleImages.oci(4));

        InProcess.Result result = workplace.sync(source.host(), "docker.io/someone");

        assertThat(result.exitCode()).as("%s", result).isEqualTo(3);
        assertThat(result.err().lines())
                .singleElement()
                .asString()
                .contains("a/b", "a_b", "someone/a_b", "--exclude-repository");
        assertThat(source.log().count("GET", "/(manifests|blobs)/")).isZero();
    }

    @Test
    void acceptsNamesThatCollideOnlyAtDockerHub() {
        source.put("ns/a/b", "1", SampleImages.oci(3));
        source.put("ns/a_b", "1", SampleImages.oci(4));

        InProcess.Result result = workplace.sync(source.host(), destination.host() + "/mirror");

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(destination.repositories()).containsExactly("mirror/a", "mirror/a/b", "mirror/a_b", "mirror/b");
    }

    @Test
    void runsDemoInOneFolder() throws Exception {
        InProcess.Result result = workplace.start("demo").await();

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(result.err()).isEmpty();
        assertThat(result.out())
                .containsPattern("(?m)^  copied +24 ")
                .containsPattern("(?m)^  up to date +24$")
                .contains("asked the source 31 times")
                .contains("every digest is the source's");
        List<String> left = new ArrayList<>();
        try (Stream<Path> here = Files.list(folder)) {
            here.map(path -> path.getFileName().toString())
                    .filter(name -> !name.startsWith("out") && !name.startsWith("err"))
                    .forEach(left::add);
        }
        assertThat(left).containsExactly("mirror");
        assertThat(workplace.start("demo").await().exitCode()).as("again").isZero();
    }

    @Test
    void keepsForeignFolderInDemo() throws Exception {
        Path own = Files.createDirectories(folder.resolve("mirror"));
        Files.writeString(own.resolve("precious"), "mine");

        InProcess.Result result = workplace.start("demo").await();

        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.err().lines()).singleElement().asString().contains("./mirror exists");
        assertThat(own.resolve("precious")).hasContent("mine");
    }
}
