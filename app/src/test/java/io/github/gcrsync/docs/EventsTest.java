package io.github.gcrsync.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.SampleNamespace;
import io.github.gcrsync.testkit.TestRegistry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The guide's table of the events of {@code --log-format json} matches the events of a run and their fields. */
final class EventsTest {
    private static final Pattern ROW = Pattern.compile("(?m)^\\| (`[a-z`, -]+`) \\| (.*) \\|$");
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");
    private static final Set<String> ON_ALL = Set.of("time", "event");
    /** Fields of the whole command that are present only if they have a value. */
    private static final Set<String> SOMETIMES =
            Set.of("commit", "abandoned", "unrecorded", "blocked", "next", "shard", "sample");

    @Test
    void documentsEveryFieldOfRun(@TempDir Path folder) {
        try (TestRegistry source = TestRegistry.builder().gcrListing(true).start()) {
            SampleNamespace.fill(source, "team", 3, 2, 7);
            source.fault(
                    Fault.on("GET", ".*/pause/manifests/.*").status(403, "").always());
            Map<String, Set<String>> told = new TreeMap<>();
            told.putAll(events(folder, "--source", source.host(), "--namespace", "team", "--debug"));
            told.putAll(events(folder, "--source", source.host(), "--namespace", "none"));

            assertThat(told)
                    .containsKeys(
                            "run-started", "image-failed", "blob-arrived", "recorded", "run-finished", "log", "error");
            assertThat(documented()).containsAllEntriesOf(told);
        }
    }

    @Test
    void documentsEveryFieldOfCopy(@TempDir Path folder) {
        try (TestRegistry source = TestRegistry.start()) {
            SampleNamespace.fill(source, "team", 3, 2, 7);
            source.fault(Fault.on("POST", "/v2/denied/").status(403, "").always());
            String from = source.host() + "/team/" + SampleNamespace.name(0) + ":" + SampleNamespace.tag(0, 0);

            Map<String, Set<String>> told = eventsOf(List.of(
                    "copy",
                    "--log-format=json",
                    from,
                    source.host() + "/denied/app",
                    "oci:" + folder.resolve("layout")));

            assertThat(told).containsKeys("run-started", "image-copied", "image-failed", "run-finished");
            assertThat(documented()).containsAllEntriesOf(told);
        }
    }

    @Test
    void documentsEveryFieldOfVerifyAndPrune(@TempDir Path folder) {
        try (TestRegistry source = TestRegistry.builder().gcrListing(true).start();
                TestRegistry destination = TestRegistry.start()) {
            List.of("missing", "lost", "refused", "gone")
                    .forEach(name -> source.put("team/" + name, "1", SampleImages.oci(name.hashCode())));
            List<String> flags = List.of(
                    "--log-format=json",
                    "--source=" + source.host(),
                    "--namespace=team",
                    "--destination=" + destination.host() + "/mirror",
                    "--metadata=" + folder.resolve("metadata"));
            eventsOf(flags, "sync");
            destination.delete("mirror/missing", "1");
            String lost = source.manifestDigest("team/lost", "1");
            destination.delete("mirror/lost", lost);
            source.delete("team/lost", lost);
            destination.fault(
                    Fault.on("GET", "/mirror/refused/manifests/").status(403).always());

            Map<String, Set<String>> told = eventsOf(flags, "verify", "--repair");

            assertThat(told)
                    .containsOnlyKeys(
                            "drift-found", "image-repaired", "image-unchecked", "repair-failed", "verify-finished");
            assertThat(documented()).containsAllEntriesOf(told);
            source.delete("team/gone", "1");

            Map<String, Set<String>> pruned = eventsOf(flags, "prune", "--apply", "--after=0s", "--at-most=100%");

            assertThat(pruned).containsOnlyKeys("image-pruned", "prune-finished");
            assertThat(documented()).containsAllEntriesOf(pruned);
        }
    }

    private static Map<String, Set<String>> eventsOf(List<String> flags, String... words) {
        return eventsOf(Stream.concat(Stream.of(words), flags.stream()).toList());
    }

    /** The events of a run, with their fields. */
    private static Map<String, Set<String>> events(Path folder, String... flags) {
        List<String> arguments = new ArrayList<>(List.of("sync", "--log-format", "json"));
        arguments.addAll(List.of("--destination", "oci:" + folder.resolve("mirror")));
        arguments.addAll(List.of("--metadata", folder.resolve("metadata").toString()));
        arguments.addAll(List.of(flags));
        return eventsOf(arguments);
    }

    private static Map<String, Set<String>> eventsOf(List<String> arguments) {
        Map<String, Set<String>> fields = new TreeMap<>();
        InProcess.run(Map.of(), arguments).err().lines().map(Yaml::json).forEach(event -> {
            assertThat(event.propertyNames()).containsAll(ON_ALL);
            fields.computeIfAbsent(event.at("/event").asString(), _ -> new TreeSet<>())
                    .addAll(event.propertyNames());
        });
        fields.values().forEach(named -> {
            named.removeAll(ON_ALL);
            named.removeAll(SOMETIMES);
        });
        return fields;
    }

    /** Fields by event, without the optional ones. */
    private static Map<String, Set<String>> documented() {
        String guide = Markdown.of("docs/guide.md").prose();
        String table = guide.substring(guide.indexOf("| event | fields |"));
        Map<String, Set<String>> fields = new TreeMap<>();
        for (MatchResult row :
                ROW.matcher(table.substring(0, table.indexOf("\n\n"))).results().toList()) {
            Set<String> named = codes(row.group(2).replaceAll("\\([^)]*\\)", "").replaceAll("`--[^`]*`", ""));
            named.removeAll(SOMETIMES);
            codes(row.group(1)).forEach(event -> fields.put(event, named));
        }
        return fields;
    }

    private static Set<String> codes(String text) {
        return CODE.matcher(text).results().map(code -> code.group(1)).collect(Collectors.toCollection(TreeSet::new));
    }
}
