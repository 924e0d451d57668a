package io.github.gcrsync.e2e;

import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.testkit.Program;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Third-party tools that create images and check the mirror. */
final class OtherTools {
    private OtherTools() {}

    /** The digest that skopeo finds under {@code docker://HOST/NAME:TAG} or {@code oci:DIR:TAG}. */
    static String digest(String image, String... options) {
        List<String> arguments = new ArrayList<>(List.of("inspect", "--raw"));
        if (image.startsWith("docker:")) {
            arguments.add("--tls-verify=false");
        }
        arguments.addAll(Arrays.asList(options));
        arguments.add(image);
        String raw = skopeo(arguments.toArray(String[]::new));
        return Digest.sha256(raw.getBytes(StandardCharsets.UTF_8)).value();
    }

    static void copy(String from, String to, String... options) {
        List<String> arguments = new ArrayList<>(List.of("copy", "--quiet"));
        if (from.startsWith("docker:")) {
            arguments.add("--src-tls-verify=false");
        }
        if (to.startsWith("docker:")) {
            arguments.add("--dest-tls-verify=false");
        }
        arguments.addAll(Arrays.asList(options));
        arguments.addAll(List.of(from, to));
        skopeo(arguments.toArray(String[]::new));
    }

    static String oras(Path folder, String... arguments) {
        return Program.require("oras")
                .arguments(arguments)
                .in(folder)
                .run()
                .orThrow()
                .stdout();
    }

    /** Builds an image with one layer for each of these local folders and files, as {@code layout:tag}. */
    static void build(Path layout, String tag, String... contents) {
        String image = layout + ":" + tag;
        if (!layout.toFile().exists()) {
            umoci("init", "--layout", layout.toString());
        }
        umoci("new", "--image", image);
        for (String content : contents) {
            umoci("insert", "--rootless", "--image", image, content, content);
        }
    }

    private static String skopeo(String... arguments) {
        return Program.require("skopeo")
                .arguments("--insecure-policy")
                .arguments(arguments)
                .run()
                .orThrow()
                .stdout();
    }

    static void umoci(String... arguments) {
        Program.require("umoci").arguments(arguments).run().orThrow();
    }
}
