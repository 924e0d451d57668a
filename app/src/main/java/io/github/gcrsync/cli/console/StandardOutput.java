package io.github.gcrsync.cli.console;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import org.jspecify.annotations.Nullable;

/** The process's standard output, which remembers write errors, because the streams around it swallow them. */
public final class StandardOutput extends OutputStream {
    private final OutputStream out = new FileOutputStream(FileDescriptor.out);
    private volatile @Nullable IOException failure;

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        try {
            out.write(bytes, offset, length);
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }

    /** Returns the exit code, changed if output was lost. Flush everything before. */
    public int exitCode(int exitCode, PrintStream err) {
        IOException reason = failure;
        if (reason == null) {
            return exitCode;
        }
        // A reader such as head closes the pipe on purpose.
        if (!"Broken pipe".equals(reason.getMessage())) {
            err.println("gcrsync: cannot write to standard output: " + reason.getMessage());
        }
        return ExitCode.NOT_STARTED;
    }
}
