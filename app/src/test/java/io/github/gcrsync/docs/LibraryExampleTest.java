package io.github.gcrsync.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.testkit.Program;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.TestRegistry;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the program in docs/library.md as written. */
final class LibraryExampleTest {
    @Test
    void compilesAndRunsExample(@TempDir Path folder) throws Exception {
        String code = Markdown.of("docs/library.md").blocks("java").getFirst().text();
        compile(Files.writeString(folder.resolve("Example.java"), code));
        SampleImage image = SampleImages.multiPlatform(1);
        SampleImage signature = SampleImages.signature(2, image);
        try (TestRegistry from = TestRegistry.start();
                TestRegistry to = TestRegistry.start()) {
            from.put("team/app", "1", image);
            from.put("team/app", signature);

            Program.Result result = Program.at(Path.of(System.getProperty("java.home"), "bin", "java"))
                    .arguments("-cp", folder + ":" + System.getProperty("java.class.path"), "Example")
                    .arguments(from.host() + "/team/app:1", to.host() + "/mirror/app:1")
                    .environment("DOCKER_CONFIG", folder.toString())
                    .run()
                    .orThrow();

            assertThat(result.stdout())
                    .contains(image.mediaType() + " with " + (image.manifests().size() - 1) + " children")
                    .contains(to.host() + "/mirror/app:1 is " + image.digest())
                    .contains("referred to by " + signature.digest());
            assertThat(to.manifestDigest("mirror/app", "1")).isEqualTo(image.digest());
        }
    }

    private static void compile(Path source) throws Exception {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        try (var files = compiler.getStandardFileManager(null, null, null)) {
            List<String> options =
                    List.of("-Xlint:all", "-Werror", "-proc:none", "-cp", System.getProperty("java.class.path"));
            boolean compiled = compiler.getTask(messages, files, null, options, null, files.getJavaFileObjects(source))
                    .call();

            assertThat(compiled).as("%s", messages).isTrue();
        }
    }
}
