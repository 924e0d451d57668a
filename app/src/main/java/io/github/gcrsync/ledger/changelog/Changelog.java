package io.github.gcrsync.ledger.changelog;

import io.github.gcrsync.ledger.Entry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedCollection;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The file {@code README.md} of a namespace: one entry per run, newest first, byte for byte in the original's format.
 * All other text in it is kept. Text is decoded as ISO 8859-1, one character per byte, so that invalid UTF-8 survives.
 */
public final class Changelog {
    private static final String HEADING = "### ";
    private static final Pattern ENTRY =
            Pattern.compile("### (\\d{4}-\\d{2}-\\d{2} \\d{2}:\\d{2}:\\d{2}) Update\\(num: \\d+\\):");

    /** A line for an image: after the source host, the namespace, name and tag. */
    private static final Pattern IMAGE = Pattern.compile("- \\[[^/]*/([^]]*)\\]\\(.*");

    private Changelog() {}

    /** A heading with the text below it; text before the first heading is a block without one. */
    record Block(String text) {
        /** Returns the first line. */
        String heading() {
            int end = text.indexOf('\n');
            return end < 0 ? text : text.substring(0, end);
        }

        /** Returns the time in the heading of an entry; for any other block the heading itself. */
        String key() {
            Matcher entry = ENTRY.matcher(heading());
            return entry.matches() ? entry.group(1) : heading();
        }

        boolean isEntry() {
            return ENTRY.matcher(heading()).matches();
        }

        /** Returns the image lines of an entry, each with its newline. */
        List<String> images() {
            return text.lines()
                    .filter(line -> line.startsWith("- "))
                    .map(line -> line + "\n")
                    .toList();
        }
    }

    /**
     * Formats the line of one image, with its newline.
     *
     * @param source {@code HOST[/PATH]} or {@code oci:DIR}
     */
    public static String line(String source, Entry entry) {
        return "- [" + encodedLink(source + "/" + entry.key()) + "](" + encodedLink(entry.link()) + ")\n";
    }

    /**
     * Returns the images of the first entry, {@code name:tag} or {@code name@digest}; reads nothing beyond it.
     *
     * @param namespace the path of the source at any host
     */
    public static Set<String> newest(InputStream content, String namespace) throws IOException {
        Set<String> images = new HashSet<>();
        BufferedReader lines = new BufferedReader(new InputStreamReader(content, StandardCharsets.ISO_8859_1));
        boolean inside = false;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (ENTRY.matcher(line).matches()) {
                if (inside) {
                    break;
                }
                inside = true;
            } else if (inside) {
                Matcher image = IMAGE.matcher(line);
                if (image.matches() && image.group(1).startsWith(namespace + "/")) {
                    images.add(image.group(1).substring(namespace.length() + 1));
                }
            }
        }
        return images;
    }

    public static String entry(String at, SequencedCollection<String> lines) {
        StringBuilder entry = new StringBuilder(64 + lines.size() * 128);
        entry.append(HEADING)
                .append(at)
                .append(" Update(num: ")
                .append(lines.size())
                .append("):\n\n");
        lines.forEach(entry::append);
        return entry.toString();
    }

    /** Adds missing lines to the entry of that time, or a new entry in front if there is none. */
    public static String amended(String content, String at, SequencedCollection<String> lines) {
        List<Block> blocks = new ArrayList<>(blocks(content));
        for (int i = 0; i < blocks.size(); i++) {
            Block block = blocks.get(i);
            if (block.isEntry() && block.key().equals(at)) {
                blocks.set(i, union(block, lines));
                return text(blocks);
            }
        }
        return entry(at, lines) + content;
    }

    static List<Block> blocks(String content) {
        List<Block> blocks = new ArrayList<>();
        int start = 0;
        while (start < content.length()) {
            int next = content.indexOf("\n" + HEADING, start);
            int end = next < 0 ? content.length() : next + 1;
            Block block = new Block(content.substring(start, end));
            int images = block.isEntry() ? endOfImages(block.text()) : end - start;
            blocks.add(new Block(block.text().substring(0, images)));
            if (images < end - start) {
                blocks.add(new Block(block.text().substring(images)));
            }
            start = end;
        }
        return blocks;
    }

    /** An entry ends with its last image; text that a person wrote below it is a separate block. */
    private static int endOfImages(String entry) {
        int end = entry.indexOf('\n') + 1;
        if (entry.startsWith("\n", end)) {
            end++;
        }
        while (entry.startsWith("- [", end)) {
            int newline = entry.indexOf('\n', end);
            end = newline < 0 ? entry.length() : newline + 1;
        }
        return end == 0 ? entry.length() : end;
    }

    static String text(Collection<Block> blocks) {
        StringBuilder text = new StringBuilder();
        blocks.forEach(block -> text.append(block.text()));
        return text.toString();
    }

    /** Adds lines to an entry and updates the count in its heading. */
    static Block union(Block entry, Collection<String> lines) {
        LinkedHashSet<String> images = new LinkedHashSet<>(entry.images());
        int before = images.size();
        images.addAll(lines);
        return images.size() == before ? entry : new Block(entry(entry.key(), images));
    }

    public static String decoded(byte[] content) {
        return new String(content, StandardCharsets.ISO_8859_1);
    }

    public static byte[] encoded(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Percent-encodes everything that could end a Markdown link or a line, and all non-ASCII bytes. */
    private static String encodedLink(String text) {
        StringBuilder safe = new StringBuilder(text.length());
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            if (b <= ' ' || b == 0x7f || "()<>[]\\`\"".indexOf(b) >= 0) {
                safe.append(String.format("%%%02X", b & 0xff));
            } else {
                safe.append((char) b);
            }
        }
        return safe.toString();
    }
}
