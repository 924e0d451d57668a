package io.github.gcrsync.signature;

import io.github.gcrsync.testkit.Program;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The program cosign, without the services of Sigstore. */
final class Cosign {
    private final Path folder;

    Cosign(Path folder) {
        this.folder = folder;
    }

    /** Generates NAME.key and NAME.pub (ECDSA on P-256). */
    VerificationKey generate(String name) {
        run(Map.of(), "generate-key-pair", "--output-key-prefix", name);
        return key(name);
    }

    /** Creates NAME.key and NAME.pub from a key pair of the JDK. */
    VerificationKey load(String name, Signer signer) {
        write(name + ".pem", signer.privatePem());
        run(Map.of(), "import-key-pair", "--key", name + ".pem", "--output-key-prefix", name);
        return key(name);
    }

    private VerificationKey key(String name) {
        try {
            return VerificationKey.read(folder.resolve(name + ".pub"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void sign(String key, String image, String... more) {
        signAs(Map.of(), key, image, more);
    }

    /** Stores the signature as a referrer. */
    void signAsReferrer(String key, String image) {
        signAs(Map.of("COSIGN_EXPERIMENTAL", "1"), key, image, "--registry-referrers-mode=oci-1-1");
    }

    private void signAs(Map<String, String> environment, String key, String image, String... more) {
        program(environment)
                .arguments("sign", "--yes", "--tlog-upload=false", "--key", key + ".key")
                .arguments(more)
                .arguments(image)
                .run()
                .orThrow();
    }

    /** Stores a Sigstore bundle with this predicate type, an empty predicate, as a referrer. */
    void attest(String key, String image, String predicateType) {
        write("predicate.json", "{}");
        program(Map.of())
                .arguments("attest", "--yes", "--tlog-upload=false", "--new-bundle-format", "--key", key + ".key")
                .arguments("--type", predicateType, "--predicate", "predicate.json", image)
                .run()
                .orThrow();
    }

    /** Stores a signature that another program made. */
    void attach(String image, byte[] payload, String signature) {
        write("payload.json", new String(payload, StandardCharsets.UTF_8));
        write("payload.sig", signature);
        run(Map.of(), "attach", "signature", "--payload", "payload.json", "--signature", "payload.sig", image);
    }

    boolean accepts(VerificationKey key, String image, String... more) {
        return program(Map.of())
                        .arguments("verify", "--insecure-ignore-tlog=true", "--key", key.name())
                        .arguments(more)
                        .arguments(image)
                        .run()
                        .exitCode()
                == 0;
    }

    /** Writes a public key to a file, so that its name is its path. */
    VerificationKey save(String name, Signer signer) {
        write(name + ".pub", signer.pem());
        return key(name);
    }

    private void write(String name, String text) {
        try {
            Files.writeString(folder.resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void run(Map<String, String> environment, String... arguments) {
        program(environment).arguments(arguments).run().orThrow();
    }

    private Program program(Map<String, String> environment) {
        Program program = Program.require("cosign")
                .in(folder)
                .environment("HOME", folder.toString())
                .environment("DOCKER_CONFIG", folder.toString())
                .environment("COSIGN_PASSWORD", "");
        environment.forEach(program::environment);
        return program;
    }
}
