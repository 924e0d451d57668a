package io.github.gcrsync.cli.flags;

import io.github.gcrsync.oci.ReferrerTypes;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;

/** The flag that says which signatures, attestations and SBOMs are copied with an image. */
public final class ReferrerFlags {
    @Option(
            names = "--referrers",
            paramLabel = "true|false|TYPE",
            defaultValue = "true",
            converter = Types.class,
            description =
                    "Copy what refers to the image: signatures, attestations and SBOMs. A list of artifact types, separated by commas, copies only these (default: ${DEFAULT-VALUE}).")
    public ReferrerTypes referrers = ReferrerTypes.ALL;

    static final class Types implements ITypeConverter<ReferrerTypes> {
        @Override
        public ReferrerTypes convert(String value) {
            return switch (value) {
                case "true" -> ReferrerTypes.ALL;
                case "false" -> ReferrerTypes.NONE;
                default -> types(value);
            };
        }

        private static ReferrerTypes types(String value) {
            List<String> types = List.of(value.split(",", -1));
            types.stream()
                    .filter(type -> !type.matches("[^/\\s]+/[^/\\s]+"))
                    .findFirst()
                    .ifPresent(type -> {
                        throw new picocli.CommandLine.TypeConversionException("'" + type
                                + "' is not an artifact type such as application/vnd.dev.cosign.artifact.sig.v1+json; write true,"
                                + " false, or artifact types");
                    });
            return ReferrerTypes.of(types);
        }
    }
}
