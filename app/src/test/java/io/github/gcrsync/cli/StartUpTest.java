package io.github.gcrsync.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.commands.ChildCommand;
import io.github.gcrsync.demo.SampleNamespace;
import io.github.gcrsync.layout.OciLayouts;
import io.github.gcrsync.oci.RepositoryName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run with nothing to do must not load: each takes longer than the decisions about a hundred images. */
final class StartUpTest {
    /** 800 messages, and the synopses of groups of flags. */
    private static final List<String> SLOW =
            List.of(" org.eclipse.jgit.internal.JGitText ", " picocli.CommandLine$Model$ArgGroupSpec ");

    @TempDir
    private Path folder;

    @Test
    void loadsNothingSlowWithNothingToDo() throws Exception {
        SampleNamespace.write(OciLayouts.at(folder.resolve("source")), new RepositoryName("samples"));
        assertThat(loaded("sync")).as("the first run, which commits").anyMatch(line -> line.contains(SLOW.getFirst()));

        assertThat(loaded("sync")).noneMatch(line -> SLOW.stream().anyMatch(line::contains));
        assertThat(loaded("sync", "--nowhere", "--help")).as("help").anyMatch(line -> line.contains(SLOW.getLast()));
    }

    private List<String> loaded(String command, String... more) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of(
                command,
                "--config=/dev/null",
                "--source=oci:source",
                "--namespace=samples",
                "--destination=oci:mirror",
                "--metadata=metadata"));
        arguments.addAll(List.of(more));
        return ChildCommand.loadedClasses(folder, Map.of("XDG_STATE_HOME", folder.resolve("state") + ""), arguments);
    }
}
