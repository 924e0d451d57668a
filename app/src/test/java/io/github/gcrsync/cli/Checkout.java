package io.github.gcrsync.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A minimal checkout for the launcher: the real scripts, one source file per module, and a Maven wrapper that only
 * records its calls and creates jars where the build would. JDKs are fakes: unless a test says otherwise, shell scripts
 * that print how they were called.
 */
final class Checkout {
    private static final Path PROJECT = Path.of(System.getProperty("gcrsync.root", ".."));

    private static final String FAKE_MAVEN = """
            #!/bin/sh
            echo "$JAVA_HOME $*" >>builds
            if [ -e broken ]; then echo '[ERROR] Main.java:[7,1] cannot find symbol'; exit 1; fi
            mkdir -p app/target/lib
            if [ -e jars ]; then cp jars/app.jar app/target/gcrsync-app-1.jar; cp jars/picocli-1.jar app/target/lib; exit; fi
            : >app/target/gcrsync-app-1.jar
            : >app/target/lib/picocli-1.jar
            """;

    private static final String FAKE_JAVA = """
            #!/bin/sh
            case " $* " in *AOTMode* | *Relink*) exit 0 ;; esac
            echo "java=$0"
            echo "process=$$" >process
            echo "folder=$PWD"
            program=
            for word; do
                if [ -n "$program" ]; then echo "argument=$word"; fi
                if [ "$word" = io.github.gcrsync.cli.Main ]; then program=yes; fi
            done
            if [ -n "${READ_INPUT:-}" ]; then cat; fi
            exit "${EXIT_CODE:-0}"
            """;

    /** The result of a run. */
    record Result(int exitCode, String out, String err) {}

    private final Path home;
    private final Path root;
    private final Path installed;

    Checkout(Path home, String name) throws IOException {
        this.home = home;
        root = home.resolve(name);
        installed = Files.createDirectories(home.resolve("installed"));
        for (String module : List.of("app", "core", "testkit")) {
            write(module + "/src/main/java/" + module + "/Source.java", "");
            write(module + "/pom.xml", "");
        }
        write("app/src/build/java/Source.java", "");
        write("pom.xml", "");
        write(".mvn/jvm.config", "");
        writeProgram(root.resolve("mvnw"), FAKE_MAVEN);
        copy("gcrsync");
        copy("launcher/RelinkOldClasses.java");
        copy("launcher/start.sh");
        Path shared = copy("launcher/java.sh");
        // Hides the JDKs of this machine from the test.
        String script = Files.readString(shared);
        if (!script.contains("/usr/lib/jvm/*")) {
            throw new IllegalStateException("launcher/java.sh no longer looks in /usr/lib/jvm");
        }
        Files.writeString(shared, script.replace("/usr/lib/jvm/*", "\"" + installed + "\"/*"));
    }

    Path root() {
        return root;
    }

    Path script() {
        return root.resolve("gcrsync");
    }

    Path write(String path, String content) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, content);
    }

    /** Installs a fake JDK where the system keeps them. */
    Path installJdk(String version) throws IOException {
        return makeJdk(installed.resolve("jdk-" + version), version);
    }

    /** Creates a fake JDK in another folder. */
    Path makeJdk(Path folder, String version) throws IOException {
        Files.createDirectories(folder.resolve("bin"));
        Files.writeString(folder.resolve("release"), """
                IMPLEMENTOR="Nobody"
                JAVA_RUNTIME_VERSION="%1$s+1"
                JAVA_VERSION="%1$s"
                """.formatted(version));
        writeProgram(folder.resolve("bin/java"), FAKE_JAVA);
        writeProgram(folder.resolve("bin/javac"), "#!/bin/sh\n");
        return folder;
    }

    /** Returns how the wrapper was called, one line per build. */
    List<String> builds() throws IOException {
        Path builds = root.resolve("builds");
        return Files.exists(builds) ? Files.readAllLines(builds) : List.of();
    }

    /**
     * Gives a file or folder the current time as modification time, whatever the resolution of the file system's clock.
     */
    void change(String path) throws IOException {
        FileTime stamp = Files.getLastModifiedTime(root.resolve("app/target/launcher.stamp"));
        Files.setLastModifiedTime(root.resolve(path), FileTime.fromMillis(stamp.toMillis() + 2000));
    }

    Result run(String... arguments) throws IOException, InterruptedException {
        return run(script(), Map.of(), arguments);
    }

    Result run(Path script, Map<String, String> environment, String... arguments)
            throws IOException, InterruptedException {
        return start(script, environment, arguments).await();
    }

    Running start(Path script, Map<String, String> environment, String... arguments) throws IOException {
        var command = new java.util.ArrayList<>(List.of(script.toString()));
        command.addAll(List.of(arguments));
        File out = Files.createTempFile(home, "out", "").toFile();
        File err = Files.createTempFile(home, "err", "").toFile();
        var builder = new ProcessBuilder(command)
                .directory(Files.createDirectories(home.resolve("elsewhere")).toFile())
                .redirectOutput(out)
                .redirectError(err);
        builder.environment().clear();
        builder.environment().putAll(Map.of("PATH", "/usr/bin:/bin", "HOME", home.toString()));
        builder.environment().putAll(environment);
        return new Running(builder.start(), out.toPath(), err.toPath());
    }

    /** A running launcher. */
    record Running(Process process, Path out, Path err) {
        Result await() throws IOException, InterruptedException {
            process.getOutputStream().close();
            if (!process.waitFor(3, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                throw new IllegalStateException("the launcher did not end: " + Files.readString(err));
            }
            return new Result(process.exitValue(), Files.readString(out), Files.readString(err));
        }

        void type(String input) throws IOException {
            process.getOutputStream().write(input.getBytes(UTF_8));
        }
    }

    private Path copy(String path) throws IOException {
        Path target = root.resolve(path);
        Files.createDirectories(target.getParent());
        return Files.copy(PROJECT.resolve(path), target, java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
    }

    private static void writeProgram(Path file, String content) throws IOException {
        Files.writeString(file, content);
        if (!file.toFile().setExecutable(true)) {
            throw new IOException("cannot make executable: " + file);
        }
    }
}
