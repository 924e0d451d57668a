package io.github.gcrsync.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.Checkout.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The script ./gcrsync: which JDK it uses, when it builds, and that it passes on output and exit code. */
final class LauncherTest {
    private static final String FIRST_BUILD = "building gcrsync (first run, about a minute)...\n";
    private static final String REBUILD = "building gcrsync (its sources changed)...\n";

    @TempDir
    Path home;

    private Checkout checkout;

    @BeforeEach
    void prepare() throws IOException {
        checkout = new Checkout(home, "a check out");
    }

    @Test
    void doesNotBuildAgainWithoutChanges() throws Exception {
        checkout.installJdk("25.0.3");

        Result first = checkout.run("sync");
        Result second = checkout.run("sync");

        assertThat(first.err()).isEqualTo(FIRST_BUILD);
        assertThat(second.err()).isEmpty();
        assertThat(second.out()).isEqualTo(first.out()).contains("argument=sync\n");
        assertThat(checkout.builds()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "core/src/main/java/core/Source.java",
                "testkit/src/main/java/testkit",
                "app/src/build/java/Source.java",
                "app/pom.xml",
                "pom.xml",
                ".mvn/jvm.config",
                "launcher/java.sh"
            })
    void buildsWhenSourcesChanged(String changed) throws Exception {
        checkout.installJdk("25");
        checkout.run();

        checkout.change(changed);

        assertThat(checkout.run().err()).isEqualTo(REBUILD);
        assertThat(checkout.builds()).hasSize(2);
    }

    @Test
    void doesNotBuildWhenTestChanged() throws Exception {
        checkout.installJdk("25");
        checkout.run();

        checkout.write("core/src/test/java/core/SourceTest.java", "");

        assertThat(checkout.run().err()).isEmpty();
    }

    @Test
    void buildsWhenProgramIsMissing() throws Exception {
        checkout.installJdk("25");
        checkout.run();

        Files.delete(checkout.root().resolve("app/target/gcrsync-app-1.jar"));

        assertThat(checkout.run().exitCode()).isZero();
        assertThat(checkout.builds()).hasSize(2);
    }

    @Test
    void reportsFailedBuildAndRetries() throws Exception {
        checkout.installJdk("25");
        Path broken = checkout.write("broken", "");

        Result result = checkout.run();

        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.out()).isEmpty();
        assertThat(result.err())
                .startsWith(FIRST_BUILD)
                .contains("Main.java:[7,1] cannot find symbol")
                .contains(checkout.root() + "/target/gcrsync-build.log");
        Files.delete(broken);
        assertThat(checkout.run().exitCode()).isZero();
    }

    @Test
    void buildsOnceForConcurrentRuns() throws Exception {
        checkout.installJdk("25");

        var first = checkout.start(checkout.script(), Map.of());
        var second = checkout.start(checkout.script(), Map.of());

        assertThat(List.of(first.await().exitCode(), second.await().exitCode())).containsOnly(0);
        assertThat(checkout.builds()).hasSize(1);
    }

    @Test
    void prefersJavaHome() throws Exception {
        checkout.installJdk("25");
        Path own = checkout.makeJdk(home.resolve("my jdk"), "26-ea");

        assertThat(run(Map.of("JAVA_HOME", own.toString())).out()).contains("java=" + own + "/bin/java\n");
        assertThat(checkout.builds()).singleElement().asString().startsWith(own + " ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.8.0_292", "17.0.21", "24.0.2"})
    void skipsOldJdkInJavaHome(String version) throws Exception {
        Path right = checkout.installJdk("25.0.3");
        Path old = checkout.makeJdk(home.resolve("old"), version);

        assertThat(run(Map.of("JAVA_HOME", old.toString())).out()).contains("java=" + right + "/bin/java\n");
    }

    @Test
    void skipsInvalidJavaHome() throws Exception {
        Path right = checkout.installJdk("25");

        assertThat(run(Map.of("JAVA_HOME", home.resolve("gone").toString())).out())
                .contains("java=" + right + "/bin/java\n");
    }

    @Test
    void findsJdkOnPathThroughLinks() throws Exception {
        checkout.installJdk("25");
        Path old = checkout.makeJdk(home.resolve("old"), "17");
        Path right = checkout.makeJdk(home.resolve("on path"), "25.0.1");
        Path links = Files.createDirectory(home.resolve("links"));
        Files.createSymbolicLink(links.resolve("java"), right.resolve("bin/java"));
        Files.createSymbolicLink(links.resolve("javac"), right.resolve("bin/javac"));

        String path = old.resolve("bin") + ":" + links + ":/usr/bin:/bin";
        assertThat(run(Map.of("PATH", path)).out()).contains("java=" + right + "/bin/java\n");
    }

    @Test
    void reportsMissingJdk() throws Exception {
        checkout.installJdk("17.0.21");

        Result result = checkout.run();

        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.out()).isEmpty();
        assertThat(result.err())
                .startsWith("gcrsync needs JDK 25: install Temurin 25")
                .containsOnlyOnce("\n")
                .endsWith("\n");
    }

    @Test
    void runsBuiltProgramWithoutCompiler() throws Exception {
        Path jdk = checkout.installJdk("25");
        checkout.run();
        Files.delete(jdk.resolve("bin/javac"));

        assertThat(checkout.run().exitCode()).isZero();
        checkout.change("pom.xml");
        assertThat(checkout.run().exitCode()).isEqualTo(3);
    }

    @Test
    void worksThroughLinkInCallersFolder() throws Exception {
        checkout.installJdk("25");
        Path link = Files.createSymbolicLink(home.resolve("linked"), checkout.script());

        Result result = checkout.run(link, Map.of(), "--source", "two words", "", "*");

        assertThat(result.out()).contains("folder=" + home.toRealPath().resolve("elsewhere") + "\n");
        assertThat(result.out()).endsWith("argument=--source\nargument=two words\nargument=\nargument=*\n");
    }

    @Test
    void passesInputAndExitCode() throws Exception {
        checkout.installJdk("25");

        var running = checkout.start(checkout.script(), Map.of("READ_INPUT", "1", "EXIT_CODE", "1"));
        running.type("secret\n");
        Result result = running.await();

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.out()).endsWith("secret\n");
    }

    @Test
    void replacesLauncherSoThatSignalsReachProgram() throws Exception {
        checkout.installJdk("25");

        var running = checkout.start(checkout.script(), Map.of());
        running.await();

        assertThat(home.resolve("elsewhere/process"))
                .hasContent("process=" + running.process().pid());
    }

    @Test
    void keepsDownloadsInCheckoutWithoutMavenCache() throws Exception {
        checkout.installJdk("25");
        checkout.run();
        Files.createDirectories(home.resolve(".m2/repository"));
        checkout.change("pom.xml");
        checkout.run();

        String inCheckout = "-Dmaven.repo.local=" + checkout.root().toRealPath() + "/.build/m2/repository";
        assertThat(checkout.builds()).hasSize(2);
        assertThat(checkout.builds().get(0)).contains(inCheckout);
        assertThat(checkout.builds().get(1)).doesNotContain("maven.repo.local");
    }

    private Result run(Map<String, String> environment) throws IOException, InterruptedException {
        return checkout.run(checkout.script(), environment);
    }
}
