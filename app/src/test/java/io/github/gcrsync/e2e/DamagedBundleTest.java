package io.github.gcrsync.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.e2e.Tar.Entry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/** An import refuses a damaged file before it sends or writes anything. */
final class DamagedBundleTest extends RefusedBundles {
    @Test
    void writesWhatIsRead() throws IOException {
        Path same = written("same.tar", Tar.bytes(Tar.summed(entries)));

        assertThat(Files.mismatch(good, same)).isEqualTo(-1);
    }

    @Test
    void noFlippedBitArrives() throws IOException {
        byte[] all = Files.readAllBytes(good);
        Random random = new Random(1);
        List<Integer> places = new ArrayList<>();
        int at = 0;
        for (Entry entry : entries) {
            places.add(at + random.nextInt(BLOCK));
            places.add(at + random.nextInt(148));
            if (entry.content().length() > 0) {
                places.add(at + BLOCK + random.nextInt(entry.content().length()));
            }
            at += BLOCK + (entry.content().length() + BLOCK - 1) / BLOCK * BLOCK;
            places.add(at - 1); // Padding, mostly.
        }
        places.add(at + random.nextInt(BLOCK));
        places.add(at + BLOCK + random.nextInt(BLOCK));
        int refused = 0;
        for (int place : places) {
            byte[] damaged = all.clone();
            damaged[place] ^= (byte) (1 << random.nextInt(8));
            Path file = written("flipped.tar", damaged);
            Map<String, String> before = tree();
            destination.log().clear();
            Result result = load(file, "--quiet");
            if (result.exitCode() == 0) {
                assertAllArrived();
            } else {
                assertRefused("flip at " + place, result, 1, file, before);
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(places.size() / 2);
    }

    @Test
    void refusesTruncatedFiles() throws IOException {
        byte[] all = Files.readAllBytes(good);
        TreeSet<Integer> lengths = new TreeSet<>(
                List.of(0, 1, 511, 512, 513, all.length - 1025, all.length - 1024, all.length - 512, all.length - 1));
        new Random(2).ints(40, 0, all.length).forEach(lengths::add);
        for (int length : lengths) {
            assertRefused("length " + length, 1, Arrays.copyOf(all, length));
        }
    }

    @Test
    void refusesOtherFiles() throws Exception {
        byte[] all = Files.readAllBytes(good);
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (OutputStream to = new GZIPOutputStream(zipped)) {
            to.write(all);
        }
        byte[] random = new byte[4096];
        new Random(3).nextBytes(random);
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("text", "This is no bundle.\n".repeat(100).getBytes(StandardCharsets.US_ASCII));
        files.put("gzip", zipped.toByteArray());
        files.put("zeros", new byte[10240]);
        files.put("random", random);
        files.put("bytes after the end", Arrays.copyOf(all, all.length + BLOCK));
        files.put("twice", concat(all, all));
        files.put("another tar", Tar.bytes(List.of(Entry.file("etc/passwd", "root"))));
        Path folderOfTar = Files.createDirectory(folder.resolve("something"));
        Files.writeString(folderOfTar.resolve("file"), "something");
        Path gnu = folder.resolve("gnu.tar");
        assertThat(new ProcessBuilder("tar", "-cf", gnu.toString(), "-C", folder.toString(), "something")
                        .start()
                        .waitFor())
                .isZero();
        files.put("a tar of GNU", Files.readAllBytes(gnu));
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            assertRefused(file.getKey(), 1, file.getValue());
        }
        for (Path unreadable : List.of(folderOfTar, folder.resolve("missing.tar"))) {
            Map<String, String> before = tree();
            destination.log().clear();
            assertRefused(unreadable.toString(), load(unreadable, "--quiet"), 3, unreadable, before);
        }
    }

    @Test
    void refusesManyEntriesEarly() throws IOException {
        byte[] link = Arrays.copyOf(Tar.bytes(List.of(Entry.of('1', blobs().getFirst(), blobs().getFirst()))), BLOCK);
        Path file = folder.resolve("many.tar");
        try (OutputStream out = Files.newOutputStream(file)) {
            out.write(Tar.bytes(entries.subList(0, 1)), 0, BLOCK + padded(entries.getFirst()));
            byte[] many = new byte[BLOCK << 10];
            for (int i = 0; i < 1 << 10; i++) {
                System.arraycopy(link, 0, many, i * BLOCK, BLOCK);
            }
            for (int i = 0; i < 100; i++) {
                out.write(many);
            }
        }
        Map<String, String> before = tree();
        destination.log().clear();

        Result result = load(file, "--quiet");

        assertRefused("many entries", result, 1, file, before);
        assertThat(result.err()).contains("twice");
    }

    private static int padded(Entry entry) {
        return (entry.content().length() + BLOCK - 1) / BLOCK * BLOCK;
    }

    private static byte[] concat(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
