package gcrsync.output;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.AttributedString;
import org.jline.utils.Display;
import org.jline.utils.InfoCmp.Capability;

/**
 * Lines at the bottom of a terminal that change in place, below text that stays. Of each change only what differs is
 * written. The only class that needs JLine: it is loaded when there is something to draw on a terminal.
 */
final class Screen implements AutoCloseable {
    private final Terminal terminal;
    private final Display display;
    private final PrintWriter below;
    private int width;

    private Screen(Terminal terminal) {
        this.terminal = terminal;
        this.display = new Display(terminal, false);
        this.below = terminal.writer();
        terminal.puts(Capability.cursor_invisible);
        resize();
    }

    /** @throws IOException if it is no terminal after all */
    static Screen open() throws IOException {
        Terminal terminal = TerminalBuilder.builder()
                .system(true)
                .systemOutput(TerminalBuilder.SystemOutput.SysErr)
                .dumb(false)
                .encoding(java.nio.charset.StandardCharsets.UTF_8)
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

    void draw(List<String> lines) {
        if (terminal.getSize().getColumns() != width) {
            clear();
            resize();
        }
        // The cursor rests at the first line's start: whatever a resized terminal makes of the lines lies behind it.
        display.update(lines.stream().map(AttributedString::new).toList(), 0);
        terminal.flush();
    }

    /** Writes lines that stay, above the others, which come back with the next drawing. */
    void print(String text) {
        clear();
        below.print(text);
        terminal.flush();
    }

    /** Line by line where that is possible: a screen that is cleared from its corner goes to the scrollback in tmux. */
    private void clear() {
        if (terminal.getSize().getColumns() == width) {
            display.update(List.of(), 0);
        }
        below.print("\r");
        terminal.puts(Capability.clr_eos);
        display.reset();
    }

    private void resize() {
        Size size = terminal.getSize();
        width = size.getColumns();
        display.resize(size);
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
