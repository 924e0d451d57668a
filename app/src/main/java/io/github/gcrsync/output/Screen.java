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
 * Lines at the bottom of a terminal that change in place, below text that stays. A line that changes is written over, never
 * cleared first, which would make it flicker; one that does not is left alone. The cursor rests at the first line's start:
 * whatever a resized terminal makes of the lines lies behind it. The only class that needs JLine, which knows the terminal:
 * it is loaded when there is something to draw on one.
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

    /** @throws IOException if it is no terminal after all */
    static Screen open() throws IOException {
        // On Ctrl-C JLine would close the terminal at once, while the run still has to finish and to say so on it.
        System.setProperty(ShutdownHooks.PROP_DISABLE_SHUTDOWN_HOOK, "true");
        Terminal terminal = TerminalBuilder.builder()
                .system(true)
                .systemOutput(TerminalBuilder.SystemOutput.SysErr)
                .dumb(false)
                .encoding(StandardCharsets.UTF_8)
                .build();
        return new Screen(terminal);
    }

    /** Columns that may be used: the last one stays empty, where terminals differ in what they do. */
    int width() {
        return Math.max(1, size().getColumns() - 1);
    }

    int height() {
        return Math.max(1, size().getRows());
    }

    /** A terminal whose window was closed has no size any more; the run still ends in order, unseen. */
    private Size size() {
        try {
            size = terminal.getSize();
        } catch (UncheckedIOException e) {
            // The last one does.
        }
        return size;
    }

    /** @param lines none longer than the width */
    void draw(List<String> lines) {
        if (size().getColumns() != columns) {
            clear();
        }
        // What was typed, such as ^C, has moved the cursor.
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

    /** Writes lines that stay, above the others, which come back with the next drawing. */
    void print(String text) {
        clear();
        writer.print(text);
        terminal.flush();
    }

    private void clear() {
        // The terminal may have shown what was typed, such as ^C.
        writer.print('\r');
        int before = columns;
        columns = size().getColumns();
        if (columns == before) {
            clearLines();
        } else {
            // Nobody knows how many rows the lines take now.
            terminal.puts(Capability.clr_eos);
        }
        shown = List.of();
    }

    /** One by one: tmux moves a screen that is cleared at once to its scrollback, where the bars would stay. */
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

    /** By line feeds, which at the last row make room. */
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
            // The lines are gone already; there is nothing else to save.
        }
    }
}
