package io.github.gcrsync.oci;

import io.github.gcrsync.text.Json;
import io.github.gcrsync.text.Printable;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * The platform of an image in an index, e.g. {@code linux/arm64/v8} (OCI image specification, "Image Index").
 *
 * @param osVersion the version of Windows, e.g. {@code 10.0.17763.5122}
 */
public record Platform(String os, String architecture, Optional<String> variant, Optional<String> osVersion) {
    private static final Pattern FORM =
            Pattern.compile("([a-z0-9_]+)(?:\\(([a-z0-9._-]+)\\))?/([a-z0-9_]+)(?:/([a-z0-9._]+))?");

    public Platform(String os, String architecture, Optional<String> variant) {
        this(os, architecture, variant, Optional.empty());
    }

    /**
     * Parses {@code os/arch}, {@code os/arch/variant} or {@code os(version)/arch}, as containerd does.
     *
     * @throws IllegalArgumentException if it has another form
     */
    public static Platform parse(String text) {
        Matcher form = FORM.matcher(text.toLowerCase(Locale.ROOT));
        if (!form.matches()) {
            throw new IllegalArgumentException("not a platform: " + Printable.shortened(text)
                    + "; write os/arch or os/arch/variant, such as linux/arm64");
        }
        return new Platform(
                        form.group(1),
                        form.group(3),
                        Optional.ofNullable(form.group(4)),
                        Optional.ofNullable(form.group(2)))
                .normalized();
    }

    /** Returns the platform in an image's config; empty if the config names none. */
    static Optional<Platform> ofConfig(byte[] config) {
        try (JsonParser json = Json.parser(config)) {
            JsonToken first = json.nextToken();
            return first == JsonToken.START_OBJECT ? of(DescriptorJson.texts(json, first)) : Optional.empty();
        } catch (JacksonException e) {
            throw InvalidManifestException.notJson(e);
        }
    }

    static Optional<Platform> of(Map<String, String> fields) {
        String os = fields.getOrDefault("os", "");
        String architecture = fields.getOrDefault("architecture", "");
        return os.isEmpty() && architecture.isEmpty()
                ? Optional.empty()
                : Optional.of(new Platform(
                        os,
                        architecture,
                        Optional.ofNullable(fields.get("variant")).filter(variant -> !variant.isEmpty()),
                        Optional.ofNullable(fields.get("os.version")).filter(version -> !version.isEmpty())));
    }

    /** Whether an image for the other platform is wanted if this one is: the same one, in any version of the system. */
    boolean includes(Platform other) {
        Platform wanted = normalized();
        Platform found = other.normalized();
        return wanted.os.equals(found.os)
                && wanted.architecture.equals(found.architecture)
                && wanted.variant.equals(found.variant)
                && osVersion.stream()
                        .allMatch(version -> found.osVersion
                                .filter(has -> (has + ".").startsWith(version + "."))
                                .isPresent());
    }

    /** Whether this is the placeholder of an entry that is no image, such as an attestation of BuildKit. */
    public boolean isUnknown() {
        return os.equals("unknown") && architecture.equals("unknown");
    }

    /** Returns the same platform in one spelling, as containerd normalizes it: arm64/v8 is arm64, arm is arm/v7. */
    private Platform normalized() {
        String name = architecture.toLowerCase(Locale.ROOT);
        String level = variant.orElse("").toLowerCase(Locale.ROOT);
        return switch (name) {
            case "amd64", "x86_64", "x86-64" -> as("amd64", level.equals("v1") ? "" : level);
            case "arm64", "aarch64" -> as("arm64", level.equals("8") || level.equals("v8") ? "" : level);
            case "i386" -> as("386", "");
            case "arm", "armhf" -> as("arm", level.isEmpty() ? "v7" : level.matches("\\d") ? "v" + level : level);
            case "armel" -> as("arm", "v6");
            default -> as(name, level);
        };
    }

    private Platform as(String name, String level) {
        String system = os.toLowerCase(Locale.ROOT);
        return new Platform(
                system.equals("macos") ? "darwin" : system,
                name,
                Optional.of(level).filter(text -> !text.isEmpty()),
                osVersion);
    }

    @Override
    public String toString() {
        return os + osVersion.map(version -> "(" + version + ")").orElse("") + "/" + architecture
                + variant.map(v -> "/" + v).orElse("");
    }
}
