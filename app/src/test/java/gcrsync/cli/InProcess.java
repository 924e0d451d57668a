package gcrsync.cli;

import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** The program as a shell would call it, but within this JVM: the tests' way in. */
public final class InProcess {
    private InProcess() {}

    /** How a run ended and what it printed. */
    public record Result(int exitCode, String out, String err) {}

    public static Result run(Map<String, String> environment, String stdin, List<String> arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        Main.Console console = new Main.Console(
                new PrintWriter(out, true),
                new PrintWriter(err, true),
                new ByteArrayInputStream(stdin.getBytes(StandardCharsets.UTF_8)),
                environment);
        int exitCode = Main.run(arguments, console);
        return new Result(exitCode, out.toString(), err.toString());
    }
}
