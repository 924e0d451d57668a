package io.github.gcrsync.ledger;

import java.nio.charset.StandardCharsets;

/** Reads an ImageDigests of a million rows and writes it again, without holding the file in memory. */
final class MillionRows {
    private static final int CHUNKS = 1000;
    private static final int ROWS_PER_CHUNK = 1000;

    private MillionRows() {}

    public static void main(String[] arguments) throws Exception {
        byte[] head = "# gcrsync ImageDigests 2\n# destination docker.io/x\n# source gcr.io/y\n"
                .getBytes(StandardCharsets.US_ASCII);
        long length = (long) CHUNKS * chunk(0).length;
        FileContent file = FileContent.of(head).followedBy(FileContent.inChunks(length, CHUNKS, MillionRows::chunk));
        ImageDigests digests = ImageDigests.parse(file);
        long written = digests.content().open().transferTo(java.io.OutputStream.nullOutputStream());
        boolean found = digests.rows().keys().indexOf(KeyTable.key("some/repository-0999:v1.000999")) == 999_999;
        if (!found || written != file.length()) {
            throw new IllegalStateException("found: " + found + ", written: " + written);
        }
        System.out.println(digests.rows().size() + " rows");
    }

    private static byte[] chunk(int chunk) {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < ROWS_PER_CHUNK; i++) {
            lines.append(String.format("some/repository-%04d:v1.%06d ", chunk, i))
                    .append(Sample.digest(chunk + "/" + i))
                    .append(" 2026-01-02T03:04:05Z 2026-02-03T04:05:06Z by=copied rule=")
                    .append(i % 8)
                    .append("\n");
        }
        return lines.toString().getBytes(StandardCharsets.US_ASCII);
    }
}
