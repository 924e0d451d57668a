package io.github.gcrsync.cli;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A process that runs a command for every line of its standard input and answers with the exit code. */
public final class RepeatedCommand {
    private RepeatedCommand() {}

    public static void main(String[] arguments) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        System.out.println("ready");
        while (in.readLine() != null) {
            InProcess.Result result = InProcess.run(System.getenv(), List.of(arguments));
            System.out.println("exit " + result.exitCode());
            if (result.exitCode() != 0) {
                System.err.println(result.out() + result.err());
            }
        }
    }
}
