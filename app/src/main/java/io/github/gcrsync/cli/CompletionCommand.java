package io.github.gcrsync.cli;

import io.github.gcrsync.cli.console.Console;
import io.github.gcrsync.cli.console.ExitCode;
import io.github.gcrsync.cli.help.BashCompletion;
import io.github.gcrsync.cli.help.FishCompletion;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints shell completions. */
@Command(
        name = "completion",
        sortOptions = false,
        description = "Prints a script for shell completion of commands, flags and values.",
        parameterListHeading = "%nArguments:%n",
        optionListHeading = "%nFlags:%n",
        footer = {
            "",
            "bash:  source <(gcrsync completion bash)     in ~/.bashrc",
            "zsh:   source <(gcrsync completion zsh)      in ~/.zshrc, after compinit",
            "fish:  gcrsync completion fish | source      in ~/.config/fish/config.fish"
        })
final class CompletionCommand implements Callable<Integer> {
    private final Console console;

    enum Shell {
        bash,
        zsh,
        fish
    }

    @Parameters(index = "0", paramLabel = "bash|zsh|fish", description = "The shell.")
    Shell shell = Shell.bash;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    boolean help;

    CompletionCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        CommandLine program = Commands.all(console);
        console.out()
                .print(
                        switch (shell) {
                            case bash, zsh -> BashCompletion.of(program);
                            case fish -> FishCompletion.of(program);
                        });
        console.out().flush();
        return ExitCode.DONE;
    }
}
