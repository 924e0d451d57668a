package gcrsync.output;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.InfoCmp.Capability;

/**
 * Lines at the bottom of a terminal that change in place, below text that stays. A line that changes is written over, never
 * cleared first, which would make it flicker; one that does not is left alone. The cursor rests at the first line's start:
 * whatever a resized terminal makes of the lines lies behind it. The only class that needs JLine, which knows the terminal:
 * it is loaded when there is something to draw on one.
 */
final class Screen implements AutoCloseable {
    private final Terminal terminal;
    private final PrintWriter writer;
    private int columns;
    private List<String> shown = List.of();

    private Screen(Terminal terminal) {
        this.terminal = terminal;
        this.writer = terminal.writer();
        this.columns = terminal.getSize().getColumns();
        terminal.puts(Capability.cursor_invisible);
    }

    /** @throws IOException if it is no terminal after all */
    static Screen open() throws IOException {
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
        return Math.max(1, terminal.getSize().getColumns() - 1);
    }

    int height() {
        return Math.max(1, terminal.getSize().getRows());
    }

    /** @param lines none longer than the width */
    void draw(List<String> lines) {
        if (terminal.getSize().getColumns() != columns) {
            clear();
        }
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
        int before = columns;
        columns = terminal.getSize().getColumns();
        if (columns == before) {
            clearLines();
        } else {
            // Nobody knows how many rows the lines take now.
            writer.print('\r');
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
        } catch (IOException e) {
            // The lines are gone already; there is nothing else to save.
        }
    }
}
