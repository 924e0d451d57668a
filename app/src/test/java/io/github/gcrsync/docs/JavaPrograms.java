package io.github.gcrsync.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/** The classes in the `java` blocks of a document, compiled as they stand there. */
final class JavaPrograms {
    private static final Pattern CLASS = Pattern.compile("(?m)^(?:public |final )*class (\\w+)");

    private final List<String> names = new ArrayList<>();

    private JavaPrograms() {}

    /** Compiles each block to a class in the folder, for the oldest Java that the library runs on. */
    static JavaPrograms compile(String document, Path folder) throws IOException {
        JavaPrograms programs = new JavaPrograms();
        List<Path> sources = new ArrayList<>();
        for (Markdown.Block block : Markdown.of(document).blocks("java")) {
            Matcher name = CLASS.matcher(block.text());
            assertThat(name.find())
                    .as("a class in line %s of %s", block.line(), document)
                    .isTrue();
            programs.names.add(name.group(1));
            sources.add(Files.writeString(folder.resolve(name.group(1) + ".java"), block.text()));
        }
        compile(sources);
        return programs;
    }

    private static void compile(List<Path> sources) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        try (var files = compiler.getStandardFileManager(null, null, null)) {
            List<String> options = List.of(
                    "--release",
                    "21",
                    "-Xlint:all,-classfile",
                    "-Werror",
                    "-proc:none",
                    "-cp",
                    System.getProperty("java.class.path"));
            boolean compiled = compiler.getTask(
                            messages, files, null, options, null, files.getJavaFileObjectsFromPaths(sources))
                    .call();

            assertThat(compiled).as("%s", messages).isTrue();
        }
    }

    /** The names of the classes, in the document's order. */
    List<String> names() {
        return names;
    }
}
