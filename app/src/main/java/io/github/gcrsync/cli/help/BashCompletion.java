package io.github.gcrsync.cli.help;

import picocli.AutoComplete;
import picocli.CommandLine;

/**
 * Generates completions for bash, which zsh can use with its own support for them.
 *
 * <p>Picocli's functions complete the value only in {@code --flag VALUE}. Bash splits {@code --flag=VALUE} into three
 * words, since {@code =} is in its {@code COMP_WORDBREAKS}, and zsh keeps one: both are converted first.
 */
public final class BashCompletion {
    private static final String EQUALS = """

            # Completes --flag=VALUE as --flag VALUE: three words in bash, one in zsh.
            function _complete_gcrsync_equals() {
              local words=("${COMP_WORDS[@]}")
              local last=$COMP_CWORD
              local curr="${words[$last]}"
              local prefix=""
              if [[ "$curr" == --*=* ]]; then
                prefix="${curr%%=*}="
                COMP_WORDS=("${words[@]:0:$last}" "${curr%%=*}" "${curr#*=}")
                COMP_CWORD=$((last + 1))
                local PREFIX="${curr#*=}" # what zsh completes file names from
              elif [[ "$curr" == "=" ]]; then
                COMP_WORDS=("${words[@]:0:$last}" "")
              elif [[ $last -gt 1 && "${words[$((last - 1))]}" == "=" ]]; then
                COMP_WORDS=("${words[@]:0:$((last - 1))}" "$curr")
                COMP_CWORD=$((last - 1))
              fi
              _complete_gcrsync
              if [[ -n "$prefix" && ${#COMPREPLY[@]} -gt 0 ]]; then
                COMPREPLY=("${COMPREPLY[@]/#/$prefix}")
              fi
            }
            complete -F _complete_gcrsync_equals -o default gcrsync
            """;

    private BashCompletion() {}

    public static String of(CommandLine program) {
        return AutoComplete.bash("gcrsync", program) + EQUALS;
    }
}
