package io.github.gcrsync.ledger;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A separate Java process with the tests' class path. */
public final class Child {
    private Child() {}

    public static Process start(Class<?> main, Map<String, String> environment, String jvmOption, String... arguments)
            throws IOException {
        return start(List.of(), main, environment, jvmOption, arguments);
    }

    /** @param wrapper the program that starts Java, with its options */
    public static Process start(
            List<String> wrapper, Class<?> main, Map<String, String> environment, String jvmOption, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>(wrapper);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                jvmOption,
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                main.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        return builder.start();
    }
}
