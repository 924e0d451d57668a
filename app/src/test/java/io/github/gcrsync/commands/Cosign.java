package io.github.gcrsync.commands;

import io.github.gcrsync.testkit.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The program cosign, without the services of Sigstore. */
final class Cosign {
    private final Path folder;

    Cosign(Path folder) {
        this.folder = folder;
    }

    /** Generates NAME.key and NAME.pub, and returns the path of the latter. */
    String generate(String name) {
        run(List.of("generate-key-pair", "--output-key-prefix", name));
        return folder.resolve(name + ".pub").toString();
    }

    /** Stores the signature under the tag of the digest. */
    void sign(String key, String image, String... more) {
        run(List.of("sign", "--yes", "--tlog-upload=false", "--key", key + ".key", image), more);
    }

    /** Stores the signature as a referrer. */
    void signAsReferrer(String key, String image) {
        sign(key, image, "--registry-referrers-mode=oci-1-1");
    }

    void verify(String key, String image, String... more) {
        run(List.of("verify", "--insecure-ignore-tlog=true", "--key", key + ".pub", image), more);
    }

    /** Stores the signature as a Sigstore bundle, as cosign 3 does. */
    void signAsBundle(String key, String image) throws IOException {
        Files.writeString(folder.resolve("predicate.json"), "{}");
        run(
                List.of("attest", "--yes", "--tlog-upload=false", "--new-bundle-format", "--key", key + ".key"),
                "--type",
                "https://sigstore.dev/cosign/sign/v1",
                "--predicate",
                "predicate.json",
                image);
    }

    private void run(List<String> arguments, String... more) {
        Program.require("cosign")
                .arguments(arguments.toArray(String[]::new))
                .arguments(more)
                .in(folder)
                .environment("HOME", folder.toString())
                .environment("DOCKER_CONFIG", folder.toString())
                .environment("COSIGN_EXPERIMENTAL", "1")
                .environment("COSIGN_PASSWORD", "")
                .run()
                .orThrow();
    }
}
