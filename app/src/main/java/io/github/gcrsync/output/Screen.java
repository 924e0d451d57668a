package io.github.gcrsync.output;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.InfoCmp.Capability;
import org.jline.utils.ShutdownHooks;

/**
 * Lines at the bottom of a terminal that change in place, below text that stays. It overwrites a changed line without
 * clearing it first, which would flicker, and does not touch unchanged lines. The cursor rests at the start of the
 * first line, so a resized terminal wraps the lines only behind it. Only this class needs JLine, and it is loaded only
 * if there is something to draw.
 */
final class Screen implements AutoCloseable {
    private final Terminal terminal;
    private final PrintWriter writer;
    private Size size;
    private int columns;
    private List<String> shown = List.of();

    private Screen(Terminal terminal) {
        this.terminal = terminal;
        this.writer = terminal.writer();
        this.size = terminal.getSize();
        this.columns = size.getColumns();
        terminal.puts(Capability.cursor_invisible);
    }

    /** @throws IOException if there is no terminal after all */
    static Screen open() throws IOException {
        // On Ctrl-C JLine would close the terminal at once, but the run still has to finish and print its summary.
        System.setProperty(ShutdownHooks.PROP_DISABLE_SHUTDOWN_HOOK, "true");
        Terminal terminal = TerminalBuilder.builder()
                .system(true)
                .systemOutput(TerminalBuilder.SystemOutput.SysErr)
                .dumb(false)
                .encoding(StandardCharsets.UTF_8)
                .build();
        return new Screen(terminal);
    }

    /** Returns the usable columns. The last one stays empty, because terminals differ in how they wrap there. */
    int width() {
        return Math.max(1, size().getColumns() - 1);
    }

    int height() {
        return Math.max(1, size().getRows());
    }

    /** A terminal whose window was closed has no size; the run still ends normally. */
    private Size size() {
        try {
            size = terminal.getSize();
        } catch (UncheckedIOException e) {
            // Keep the last known size.
        }
        return size;
    }

    /** @param lines none longer than the width */
    void draw(List<String> lines) {
        if (size().getColumns() != columns) {
            clear();
        }
        // Typed characters, such as ^C, have moved the cursor.
        writer.print('\r');
        int row = 0;
        for (int i = 0; i < Math.max(lines.size(), shown.size()); i++) {
            String before = i < shown.size() ? shown.get(i) : "";
            String after = i < lines.size() ? lines.get(i) : "";
            if (!after.equals(before)) {
                row = down(row, i);
                writer.print(after);
                if (after.length() < before.length()) {
                    terminal.puts(Capability.clr_eol);
                }
                writer.print('\r');
            }
        }
        up(row);
        shown = List.copyOf(lines);
        terminal.flush();
    }

    /** Prints lines that stay, above the changing ones, which reappear with the next frame. */
    void print(String text) {
        clear();
        writer.print(text);
        terminal.flush();
    }

    private void clear() {
        // The terminal may have echoed typed characters, such as ^C.
        writer.print('\r');
        int before = columns;
        columns = size().getColumns();
        if (columns == before) {
            clearLines();
        } else {
            // The number of rows that the lines now take is unknown.
            terminal.puts(Capability.clr_eos);
        }
        shown = List.of();
    }

    /** Clears line by line: tmux would move a screen that is cleared at once to its scrollback, with the bars. */
    private void clearLines() {
        int row = 0;
        for (int i = 0; i < shown.size(); i++) {
            if (!shown.get(i).isEmpty()) {
                row = down(row, i);
                terminal.puts(Capability.clr_eol);
            }
        }
        up(row);
    }

    /** Uses line feeds, which scroll at the last row. */
    private int down(int from, int to) {
        writer.print("\n".repeat(to - from));
        return to;
    }

    private void up(int rows) {
        for (int i = 0; i < rows; i++) {
            terminal.puts(Capability.cursor_up);
        }
    }

    @Override
    public void close() {
        clear();
        terminal.puts(Capability.cursor_normal);
        terminal.flush();
        try {
            terminal.close();
        } catch (IOException | UncheckedIOException e) {
            // The lines are gone already; there is nothing else to restore.
        }
    }
}
