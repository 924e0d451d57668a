package io.github.gcrsync.cli.flags;

import io.github.gcrsync.config.ArtifactTypes;
import io.github.gcrsync.oci.ReferrerTypes;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The flag that says which signatures, attestations and SBOMs are copied with an image. */
public class ReferrerFlags {
    @Option(
            names = "--referrers",
            paramLabel = "true|false|TYPE",
            defaultValue = "true",
            converter = Types.class,
            description =
                    "Copy what refers to an image: signatures, attestations and SBOMs. A list of artifact types, separated by commas, copies only these (default: ${DEFAULT-VALUE}).")
    public ReferrerTypes referrers = ReferrerTypes.ALL;

    static final class Types implements ITypeConverter<ReferrerTypes> {
        @Override
        public ReferrerTypes convert(String value) {
            if (value.equals("true") || value.equals("false")) {
                return ArtifactTypes.all(Boolean.parseBoolean(value));
            }
            try {
                return ReferrerTypes.of(Stream.of(value.split(",", -1))
                        .map(ArtifactTypes::checked)
                        .toList());
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(String.valueOf(e.getMessage()));
            }
        }
    }
}
