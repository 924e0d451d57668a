package io.github.gcrsync.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gcrsync.cli.flags.MirrorFile;
import io.github.gcrsync.cli.flags.UsageException;
import io.github.gcrsync.cli.settings.MirrorFlags;
import io.github.gcrsync.cli.settings.Settings;
import io.github.gcrsync.config.MirrorDefinition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Chooses the mirrors of a file for a command. */
final class MirrorFileTest {
    private static final String FILE = """
            defaults: {destination: "oci:mirror"}
            mirrors:
              - {name: base, source: docker.io}
              - {name: team/api, source: quay.io/team, processcount: 5}
            """;

    /** Flags of the groups that describe a mirror, but which apply to a whole run. */
    private static final Set<String> OF_WHOLE_RUN =
            Set.of("--querylimit", "--processcount", "--retry-quarantined", "--check-referrers");

    @TempDir
    Path folder;

    @Test
    void choosesAllMirrorsInOrderOfFile() throws IOException {
        assertThat(names(chosen(FILE, List.of()))).containsExactly("base", "team/api");
        assertThat(names(chosen(FILE, List.of("team/api", "base", "base")))).containsExactly("base", "team/api");
        assertThat(names(chosen(FILE, List.of("team/api")))).containsExactly("team/api");
    }

    @Test
    void appliesFlagsOfRunToEachMirror() throws IOException {
        List<MirrorDefinition> mirrors =
                chosen("retry-quarantined: true\n" + FILE, List.of(), "--processcount=50", "--check-destination");

        assertThat(mirrors).map(mirror -> mirror.rules().getFirst().maxCopies()).containsExactly(50, 5);
        assertThat(mirrors).allMatch(mirror -> mirror.rules().getFirst().checkDestination());
        assertThat(mirrors).allMatch(mirror -> mirror.rules().getFirst().retryQuarantined());
        assertThat(chosen(FILE, List.of()).getFirst().rules().getFirst().maxCopies())
                .isEqualTo(-1);
        assertThat(chosen("processcount: 7\n" + FILE, List.of())
                        .getFirst()
                        .rules()
                        .getFirst()
                        .maxCopies())
                .isEqualTo(7);
    }

    @Test
    void choosesNothingIfFileHasNoMirrors() throws IOException {
        assertThat(chosen("namespace: team\n", List.of())).isEmpty();
    }

    @Test
    void refusesUnknownName() {
        assertThatThrownBy(() -> chosen(FILE, List.of("bsae")))
                .isInstanceOf(UsageException.class)
                .hasMessage("there is no mirror 'bsae' in " + file() + "; did you mean base?");
        assertThatThrownBy(() -> chosen("namespace: team\n", List.of("base")))
                .isInstanceOf(UsageException.class)
                .hasMessage(file() + " has no mirrors, so there is no mirror 'base'; add the key 'mirrors',"
                        + " or name another file with --config");
    }

    @Test
    void classifiesEveryFlagOfMirror() {
        CommandSpec sync = sync(Commands.forHelp());
        Set<String> describing = sync.argGroups().stream()
                .filter(group -> String.valueOf(group.heading())
                        .matches("(?s).*(?:Source|Destination|Platforms|Signatures|SBOMs|Selection|Tag selection):.*"))
                .map(ArgGroupSpec::options)
                .flatMap(options -> options.stream().map(OptionSpec::longestName))
                .filter(flag -> !OF_WHOLE_RUN.contains(flag))
                .collect(Collectors.toSet());
        describing.add("--name-template");

        assertThat(MirrorFlags.names()).isEqualTo(describing);
    }

    private static CommandSpec sync(CommandLine program) {
        return Objects.requireNonNull(program.getSubcommands().get("sync")).getCommandSpec();
    }

    private Path file() {
        return folder.resolve("gcrsync.yaml");
    }

    private static List<String> names(List<MirrorDefinition> mirrors) {
        return mirrors.stream().map(MirrorDefinition::name).toList();
    }

    private List<MirrorDefinition> chosen(String text, List<String> names, String... flags) throws IOException {
        Files.writeString(file(), text);
        List<String> words = new ArrayList<>(List.of("sync", "--config=" + file()));
        words.addAll(List.of(flags));
        CommandLine program = CommandLines.commandLine();
        Settings settings = Settings.forRun(words, program, () -> program, Map.of());
        assertThat(settings.errors()).isEmpty();
        Commands.configure(program, settings);
        program.parseArgs(settings.addedTo(words, words).toArray(String[]::new));
        return MirrorFile.chosen(InProcess.sync(program), names);
    }
}
