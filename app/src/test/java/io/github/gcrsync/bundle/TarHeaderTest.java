package io.github.gcrsync.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.testkit.Program;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TarHeaderTest {
    @TempDir
    Path folder;

    static Stream<TarHeader> headers() {
        List<String> paths = List.of(
                "a",
                name(99),
                name(100),
                name(101),
                name(255),
                name(256),
                name(257),
                name(3000),
                "d/" + name(98),
                "d/" + name(99),
                "d/" + name(100),
                name(154) + "/" + name(100),
                name(155) + "/" + name(100),
                name(156) + "/" + name(100),
                name(155) + "/" + name(101),
                name(60) + "/" + name(60) + "/" + name(60) + "/" + name(60),
                "d/".repeat(120) + "e");
        return Stream.concat(
                paths.stream()
                        .flatMap(path -> Stream.of(
                                TarHeader.file(path, 0), TarHeader.link(path, "a"), TarHeader.link("a", path))),
                Stream.of(1L, 511L, 512L, (1L << 33) - 1, 1L << 33, (1L << 33) + 513, 100L << 30)
                        .flatMap(size -> Stream.of(TarHeader.file("a", size), TarHeader.file(name(300), size))));
    }

    private static String name(int length) {
        return "n".repeat(length);
    }

    @ParameterizedTest
    @MethodSource("headers")
    void isReadBack(TarHeader header) {
        byte[] encoded = header.encoded();

        assertThat(decoded(encoded)).isEqualTo(header);
        assertThat(encoded.length % TarHeader.BLOCK).isZero();
    }

    @Test
    void gnuTarReadsTheSame() throws IOException {
        List<TarHeader> headers = headers().toList();
        Path archive = folder.resolve("a.tar");
        try (RandomAccessFile file = new RandomAccessFile(archive.toFile(), "rw")) {
            for (TarHeader header : headers) {
                file.write(header.encoded());
                file.seek(file.getFilePointer() + TarHeader.padded(header.size()));
            }
            file.setLength(file.getFilePointer() + 2L * TarHeader.BLOCK);
        }

        Program.Result listed = Program.require("tar")
                .arguments("--seek", "--numeric-owner", "-tvf", archive.toString())
                .run()
                .orThrow();

        List<String> lines = listed.stdout().lines().toList();
        assertThat(listed.stderr()).isEmpty();
        assertThat(lines).hasSameSizeAs(headers);
        for (int i = 0; i < lines.size(); i++) {
            TarHeader header = headers.get(i);
            String[] columns = lines.get(i).split(" +", 6);
            assertThat(columns[0]).isEqualTo(header.link().isPresent() ? "hrw-r--r--" : "-rw-r--r--");
            assertThat(columns[1]).isEqualTo("0/0");
            assertThat(columns[2]).isEqualTo(Long.toString(header.size()));
            assertThat(columns[5])
                    .isEqualTo(header.path()
                            + header.link().map(to -> " link to " + to).orElse(""));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5})
    void noFlippedBitChangesMeaning(int seed) {
        TarHeader header = TarHeader.file("images/team/app/blobs/sha256/" + name(64), 4711);
        Random random = new Random(seed);
        for (int i = 0; i < 500; i++) {
            byte[] block = header.encoded();
            block[random.nextInt(block.length)] ^= (byte) (1 << random.nextInt(8));
            try {
                assertThat(TarHeader.decoded(block, "")).isEqualTo(header);
            } catch (ContentException.Corrupt e) {
                assertThat(e).hasMessageContaining("damaged");
            }
        }
    }

    @Test
    void refusesSymbolicLinksAndDevices() {
        for (char type : "234567LKg".toCharArray()) {
            byte[] block = TarHeader.link("a", "b").encoded();
            block[156] = (byte) type;
            assertThatThrownBy(() -> TarHeader.decoded(summed(block), ""))
                    .isInstanceOf(ContentException.Unsupported.class)
                    .hasMessageContaining("neither a file nor a hard link");
        }
    }

    private static byte[] summed(byte[] block) {
        Arrays.fill(block, 148, 156, (byte) ' ');
        int sum = 0;
        for (byte each : block) {
            sum += each & 0xff;
        }
        byte[] digits = "%06o\0".formatted(sum).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(digits, 0, block, 148, digits.length);
        return block;
    }

    /** Reads the pax header, if there is one, like {@link BundleReader}. */
    private static TarHeader decoded(byte[] encoded) {
        byte[] first = Arrays.copyOf(encoded, TarHeader.BLOCK);
        if (!TarHeader.isPax(first)) {
            return TarHeader.decoded(encoded, "");
        }
        TarHeader.check(first);
        int size = (int) TarHeader.size(first);
        String records = new String(encoded, TarHeader.BLOCK, size, StandardCharsets.US_ASCII);
        int at = TarHeader.BLOCK + (int) TarHeader.padded(size);
        return TarHeader.decoded(Arrays.copyOfRange(encoded, at, at + TarHeader.BLOCK), records);
    }
}
