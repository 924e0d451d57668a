package io.github.gcrsync.cli.settings;

import io.github.gcrsync.config.ConfigNode;
import io.github.gcrsync.config.ConfigNode.Entry;
import io.github.gcrsync.config.ConfigNode.Items;
import io.github.gcrsync.config.ConfigNode.Kind;
import io.github.gcrsync.config.ConfigNode.Scalar;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.OptionSpec;

/** Reads the value of a flag from a file. */
final class FileValues {
    private static final Pattern PASSWORD = Pattern.compile("(?i)://[^/@\\s]*:[^/@\\s]*@|[?&][^=&\\s]*password=");

    private FileValues() {}

    /** Returns the setting, or adds an error with its position. */
    static Optional<Setting> read(OptionSpec option, Entry entry, List<String> errors) {
        String key = "'" + entry.key() + "' ";
        List<Scalar> values = new ArrayList<>();
        String origin = entry.at().toString();
        if (entry.value() instanceof Scalar value) {
            values.add(value);
            origin = value.at().toString();
        } else if (entry.value() instanceof Items items) {
            for (ConfigNode item : items.values()) {
                if (!(item instanceof Scalar value)) {
                    errors.add(item.at() + ": a list may only contain values");
                    return Optional.empty();
                }
                values.add(value);
            }
            if (!option.isMultiValue()) {
                errors.add(origin + ": " + key + "takes one value, not a list");
                return Optional.empty();
            }
        } else {
            errors.add(entry.value().at() + ": " + key + "takes a value or a list of values");
            return Optional.empty();
        }
        for (Scalar value : values) {
            Optional<String> refusal = refusal(option, value);
            if (refusal.isPresent()) {
                errors.add(origin + ": " + key + refusal.get());
                return Optional.empty();
            }
        }
        boolean isSwitch = !Setting.takesValue(option);
        List<String> texts = values.stream()
                .map(value ->
                        isSwitch || value.kind() == Kind.BOOLEAN ? value.text().toLowerCase(Locale.ROOT) : value.text())
                .toList();
        return Optional.of(new Setting("--" + entry.key(), texts, origin));
    }

    private static Optional<String> refusal(OptionSpec option, Scalar value) {
        if (value.kind() == Kind.NOTHING) {
            return Optional.of("has no value; remove the key or add a value");
        }
        if (Setting.takesValue(option) && value.kind() == Kind.BOOLEAN && !Setting.takesTruth(option)) {
            return Optional.of("takes " + option.paramLabel() + ", not true or false; quote it if it is a name");
        }
        if (!Setting.takesValue(option) && value.kind() != Kind.BOOLEAN) {
            return Optional.of("takes true or false");
        }
        return PASSWORD.matcher(value.text()).find()
                ? Optional.of("contains a password, which does not belong in a file; set the value with "
                        + Setting.variable(option.longestName()))
                : Optional.empty();
    }
}
